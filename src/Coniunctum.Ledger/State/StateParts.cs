using System.Collections.Immutable;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The parts that deltas and checkpoints are written with. A summary is [height, supply, stateRoot, leaves, shared, peaks],
/// where the first so many peaks are those of a history that the reader knows already, and a peak is be32(work)‖hash. A
/// reward is [receiver, amount], or nil.
/// </summary>
internal static class StateParts
{
    private const int SummaryFields = 6;
    private const int MaxPeaks = 64;

    public static void WriteSummary(ref CanonicalWriter writer, StateSummary summary, HistoryTree previous)
    {
        ReadOnlySpan<HistoryTree.Summit> peaks = summary.History.Peaks;
        int shared = peaks.CommonPrefixLength(previous.Peaks);
        writer.WriteArrayHeader(SummaryFields);
        writer.WriteUInt64(summary.Height);
        writer.WriteUInt64(summary.Supply);
        writer.WriteHash256(summary.StateRoot);
        writer.WriteUInt64(summary.History.Leaves);
        writer.WriteUInt64((uint)shared);
        byte[] bytes = new byte[(peaks.Length - shared) * HistoryTree.Summit.Size];
        for (int i = shared; i < peaks.Length; i++) peaks[i].CopyTo(bytes.AsSpan((i - shared) * HistoryTree.Summit.Size));
        writer.WriteFixed(bytes);
    }

    public static StateSummary ReadSummary(ref CanonicalReader reader, HistoryTree previous)
    {
        reader.ReadArrayHeader(SummaryFields);
        ulong height = reader.ReadUInt64();
        ulong supply = reader.ReadUInt64(ChainProfile.MaxSupply);
        Hash256 stateRoot = reader.ReadHash256();
        return new StateSummary(height, supply, stateRoot, ReadHistory(ref reader, previous));
    }

    private static HistoryTree ReadHistory(ref CanonicalReader reader, HistoryTree previous)
    {
        ulong leaves = reader.ReadUInt64();
        int count = BitOperations.PopCount(leaves);
        int shared = (int)reader.ReadUInt64((uint)Math.Min(count, previous.Peaks.Length));
        ReadOnlySpan<byte> bytes = reader.ReadBytes(MaxPeaks * HistoryTree.Summit.Size).Span;
        if (bytes.Length != (count - shared) * HistoryTree.Summit.Size) reader.Reject((ulong)((count - shared) * HistoryTree.Summit.Size), (ulong)bytes.Length);
        if (reader.IsFaulted) return HistoryTree.Empty;

        ImmutableArray<HistoryTree.Summit>.Builder peaks = ImmutableArray.CreateBuilder<HistoryTree.Summit>(count);
        peaks.AddRange(previous.Peaks[..shared]);
        for (int i = shared; i < count; i++) peaks.Add(HistoryTree.Summit.Read(bytes[((i - shared) * HistoryTree.Summit.Size)..]));
        var history = HistoryTree.Of(leaves, peaks.MoveToImmutable());
        int mostShared = history.Peaks.CommonPrefixLength(previous.Peaks);
        if (shared != mostShared) reader.Reject((uint)mostShared, (uint)shared);
        return history;
    }

    public static void WriteReward(ref CanonicalWriter writer, PendingReward? reward)
    {
        if (reward is not { } pending)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(2);
        writer.WriteHash256(pending.Receiver.Value);
        writer.WriteUInt64(pending.Amount);
    }

    public static PendingReward? ReadReward(ref CanonicalReader reader)
    {
        if (reader.TryReadNil()) return null;
        reader.ReadArrayHeader(2);
        return new PendingReward(new Address(reader.ReadHash256()), reader.ReadUInt64(ChainProfile.MaxSupply));
    }
}
