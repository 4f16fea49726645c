using System.Buffers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Consensus.Upgrades;

/// <summary>
/// A chain of blocks whose ruleset this software does not know, beside the one that it follows. Its headers are sound by the
/// rules that are known; what its blocks do cannot be judged.
/// </summary>
/// <param name="Ruleset">The ruleset's number that its newest block carries.</param>
/// <param name="ForkHeight">The height of the last block of the known chain that it builds on: what is confirmed above may not stand there.</param>
/// <param name="Tip">Its newest block.</param>
/// <param name="ChainWeight">The weight of the chain up to there, by the known rule.</param>
/// <param name="Margin">By how much the one chain must outweigh the other for the question to be settled.</param>
/// <param name="Stop">Why this node stops at the fork, or <see cref="UpgradeStop.None"/> while it only warns.</param>
public sealed record UnknownRuleset(ushort Ruleset, ulong ForkHeight, BlockId Tip, Work ChainWeight, Work Margin, UpgradeStop Stop)
{
    /// <summary>The name of the store's record that remembers it.</summary>
    internal const string RecordName = "upgrade.unknown";

    /// <summary>Of how many blocks the work is that settles which chain goes on.</summary>
    public const int MarginBlocks = 100;

    private const int Fields = 6;

    /// <summary>What to tell the node's owner.</summary>
    public string Text => Stop switch
    {
        UpgradeStop.None => $"an upgrade may be missing: from height {ForkHeight + 1} on there is a chain of ruleset {Ruleset}, which this software does not know",
        UpgradeStop.Work => Missing($"outweighs the known one by the work of {MarginBlocks} blocks"),
        UpgradeStop.Signers => Missing("has the seals of more than half of the signers"),
        _ => Missing("has a certificate of the validators"),
    };

    /// <summary>Returns the bytes that the store keeps.</summary>
    internal ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(Ruleset);
        writer.WriteUInt64(ForkHeight);
        writer.WriteHash256(Tip.Value);
        writer.WriteHash256(ChainWeight.ToBytes());
        writer.WriteHash256(Margin.ToBytes());
        writer.WriteUInt64((ulong)Stop);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; <c>null</c> for no bytes at all, which say that there is none any more.</summary>
    /// <param name="encoded">The record.</param>
    /// <exception cref="InvalidDataException">The bytes are something else: the store is damaged.</exception>
    internal static UnknownRuleset? Read(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.IsEmpty) return null;
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        var read = new UnknownRuleset(
            reader.ReadUInt16(),
            reader.ReadUInt64(),
            new BlockId(reader.ReadHash256()),
            Work.FromBytes(reader.ReadHash256()),
            Work.FromBytes(reader.ReadHash256()),
            (UpgradeStop)reader.ReadUInt64((ulong)UpgradeStop.Certificate));
        reader.End();
        return reader.IsFaulted
            ? throw new InvalidDataException($"The record of a chain of an unknown ruleset cannot be read: {reader.Outcome}")
            : read;
    }

    private string Missing(string shown) =>
        $"an upgrade is missing: from height {ForkHeight + 1} on the chain follows ruleset {Ruleset}, which this software does not know, and {shown}";
}
