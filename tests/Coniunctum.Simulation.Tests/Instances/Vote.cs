using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation.Tests.Instances;

internal enum VotePhase : byte
{
    None = 0,
    Prepare,
    Commit,
}

/// <summary>A validator's vote as it is sent: phase, voter, height, block, signature.</summary>
internal sealed record Vote(VotePhase Phase, byte Voter, ulong Height, BlockId Block, ReadOnlyMemory<byte> Signature)
{
    public const int Size = 2 + sizeof(ulong) + Hash256.Size + SignatureSize;

    private const int SignatureSize = 65;

    public static Vote Read(ReadOnlyMemory<byte> bytes) => new(
        (VotePhase)bytes.Span[0],
        bytes.Span[1],
        BinaryPrimitives.ReadUInt64BigEndian(bytes.Span[2..]),
        new BlockId(new Hash256(bytes.Span.Slice(10, Hash256.Size))),
        bytes[(10 + Hash256.Size)..]);

    public byte[] Write()
    {
        byte[] bytes = new byte[Size];
        bytes[0] = (byte)Phase;
        bytes[1] = Voter;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2), Height);
        Block.Value.CopyTo(bytes.AsSpan(10));
        Signature.Span.CopyTo(bytes.AsSpan(10 + Hash256.Size));
        return bytes;
    }

    /// <summary>What is signed: chain, phase, height and block.</summary>
    public Hash256 Digest(BlockId chain) => Sha3_256.Hash(
        [.. chain.Value.AsSpan(), .. (this with { Signature = new byte[SignatureSize], Voter = 0 }).Write()]);
}
