using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.AspNetCore.Tests.Support;

/// <summary>A store that gives out so many blocks more, and fails then.</summary>
internal sealed class FailingReads() : PassingStore(new MemoryChainStore())
{
    public const string Message = "the disk is gone";

    public int LeftToRead { get; set; } = int.MaxValue;

    public override ReadOnlyMemory<byte>? ReadBlock(BlockId id) => LeftToRead-- > 0 ? base.ReadBlock(id) : throw new IOException(Message);
}
