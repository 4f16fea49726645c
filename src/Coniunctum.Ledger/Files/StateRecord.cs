using System.Collections.Immutable;
using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Files;

/// <summary>A piece of a file of a state: whole as far as its checksum tells, and not yet judged.</summary>
public abstract record StateRecord
{
    private StateRecord()
    {
    }

    /// <summary>Heads of consecutive blocks; the file's first one is that of genesis.</summary>
    /// <param name="Items">The heads, in rising height.</param>
    public sealed record Heads(ImmutableArray<Head> Items) : StateRecord;

    /// <summary>The block after which it is the state.</summary>
    /// <param name="Encoded">Its canonical encoding.</param>
    public sealed record Block(ReadOnlyMemory<byte> Encoded) : StateRecord;

    /// <summary>A slice of the state, for <see cref="CheckpointReader"/>.</summary>
    /// <param name="Content">Its bytes.</param>
    public sealed record Slice(ReadOnlyMemory<byte> Content) : StateRecord;

    /// <summary>The head of a block, as stores keep it.</summary>
    /// <param name="Header">The canonical encoding of [header, seal, certificate or nil] (<see cref="HeadCodec"/>).</param>
    /// <param name="RuleState">What the consensus rule is said to carry on after the block.</param>
    /// <param name="ChainWeight">The weight that the chain up to the block is said to have.</param>
    public readonly record struct Head(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> RuleState, Work ChainWeight);
}
