using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.State;

/// <summary>
/// A delta as bytes: [before, after, accounts, entries, rewards, forgotten, used]. A summary is [height, supply, stateRoot,
/// leaves, shared, peaks], where the first so many peaks are those of the summary before it (none in the first one) and a
/// peak is be32(work)‖hash. Accounts are one string of address‖be8(before)‖be8(after) in rising order of keys, entries
/// [application, key, before, after] likewise, rewards [height, before, after] with [receiver, amount] or nil, tags
/// [validUntil, fingerprints] with be16 of each fingerprint in rising order. Every delta has one encoding.
/// </summary>
internal static class StateDeltaCodec
{
    private const int Fields = 7;
    private const int SummaryFields = 6;
    private const int PeakBytes = 2 * Hash256.Size;
    private const int AccountBytes = Hash256.Size + (2 * sizeof(ulong));
    private const int FingerprintBytes = 16;

    // An encoded item of each list takes at least so many bytes: what a list announces is compared with the bytes that are
    // left before it is allocated, and an item must not be much larger in memory than that.
    private const int MaxEntryKeyBytes = 1024;
    private const int MaxEntryValueBytes = 1024 * 1024;
    private const int MaxListItems = 1 << 20;

    public static byte[] Encode(StateDelta delta)
    {
        var output = new ArrayBufferWriter<byte>(256 + (delta.Accounts.Length * AccountBytes));
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(Fields);
        WriteSummary(ref writer, delta.Before, HistoryTree.Empty);
        WriteSummary(ref writer, delta.After, delta.Before.History);
        WriteAccounts(ref writer, delta.Accounts);
        WriteEntries(ref writer, delta.Entries);
        WriteRewards(ref writer, delta.Rewards);
        WriteTags(ref writer, delta.TagsForgotten);
        WriteTags(ref writer, delta.TagsAdded);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static DecodeFault TryDecode(ReadOnlyMemory<byte> encoded, out StateDelta? delta)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        StateSummary before = ReadSummary(ref reader, HistoryTree.Empty);
        StateSummary after = ReadSummary(ref reader, before.History);
        AccountChange[] accounts = ReadAccounts(ref reader);
        EntryChange[] entries = ReadEntries(ref reader);
        RewardChange[] rewards = ReadRewards(ref reader);
        TagGroup[] forgotten = ReadTags(ref reader);
        TagGroup[] added = ReadTags(ref reader);
        DecodeFault fault = reader.End();
        delta = !fault.IsNone ? null : new StateDelta(before, after)
        {
            Accounts = accounts,
            Entries = entries,
            Rewards = rewards,
            TagsForgotten = forgotten,
            TagsAdded = added,
        };
        return fault;
    }

    private static void WriteSummary(ref CanonicalWriter writer, StateSummary summary, HistoryTree previous)
    {
        ReadOnlySpan<HistoryTree.Peak> peaks = summary.History.Peaks;
        int shared = peaks.CommonPrefixLength(previous.Peaks);
        writer.WriteArrayHeader(SummaryFields);
        writer.WriteUInt64(summary.Height);
        writer.WriteUInt64(summary.Supply);
        writer.WriteHash256(summary.StateRoot);
        writer.WriteUInt64(summary.History.Leaves);
        writer.WriteUInt64((uint)shared);
        byte[] bytes = new byte[(peaks.Length - shared) * PeakBytes];
        for (int i = shared; i < peaks.Length; i++)
        {
            Span<byte> peak = bytes.AsSpan((i - shared) * PeakBytes, PeakBytes);
            peaks[i].Work.ToBytes().CopyTo(peak);
            peaks[i].Hash.CopyTo(peak[Hash256.Size..]);
        }

        writer.WriteFixed(bytes);
    }

    private static StateSummary ReadSummary(ref CanonicalReader reader, HistoryTree previous)
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
        ReadOnlySpan<byte> bytes = reader.ReadBytes(64 * PeakBytes).Span;
        if (bytes.Length != (count - shared) * PeakBytes) reader.Reject((ulong)((count - shared) * PeakBytes), (ulong)bytes.Length);
        if (reader.IsFaulted) return HistoryTree.Empty;

        var peaks = new (Work Work, Hash256 Hash)[count];
        for (int i = 0; i < shared; i++) peaks[i] = (previous.Peaks[i].Work, previous.Peaks[i].Hash);
        for (int i = shared; i < count; i++, bytes = bytes[PeakBytes..])
            peaks[i] = (Work.FromBytes(new Hash256(bytes[..Hash256.Size])), new Hash256(bytes[Hash256.Size..PeakBytes]));
        var history = HistoryTree.Of(leaves, peaks);
        int mostShared = history.Peaks.CommonPrefixLength(previous.Peaks);
        if (shared != mostShared) reader.Reject((uint)mostShared, (uint)shared);
        return history;
    }

    private static void WriteAccounts(ref CanonicalWriter writer, AccountChange[] changes)
    {
        byte[] bytes = new byte[changes.Length * AccountBytes];
        Span<byte> rest = bytes;
        foreach (ref readonly AccountChange change in changes.AsSpan())
        {
            change.Owner.Value.CopyTo(rest);
            BinaryPrimitives.WriteUInt64BigEndian(rest[Hash256.Size..], change.Before);
            BinaryPrimitives.WriteUInt64BigEndian(rest[(Hash256.Size + sizeof(ulong))..], change.After);
            rest = rest[AccountBytes..];
        }

        writer.WriteFixed(bytes);
    }

    private static AccountChange[] ReadAccounts(ref CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBytes(int.MaxValue).Span;
        if (bytes.Length % AccountBytes != 0) reader.Reject((ulong)(bytes.Length / AccountBytes * AccountBytes), (ulong)bytes.Length);
        if (reader.IsFaulted) return [];
        var changes = new AccountChange[bytes.Length / AccountBytes];
        for (int i = 0; i < changes.Length; i++, bytes = bytes[AccountBytes..])
        {
            ulong before = BinaryPrimitives.ReadUInt64BigEndian(bytes[Hash256.Size..]);
            ulong after = BinaryPrimitives.ReadUInt64BigEndian(bytes[(Hash256.Size + sizeof(ulong))..]);
            changes[i] = new AccountChange(new Address(new Hash256(bytes[..Hash256.Size])), before, after);
            if (before == after || before > ChainProfile.MaxSupply || after > ChainProfile.MaxSupply) reader.Reject(before, after);
        }

        var placed = new PlacedAccountChange[changes.Length];
        AccountChange.Place(changes, placed);
        for (int i = 1; i < placed.Length; i++)
        {
            if (placed[i].Key <= placed[i - 1].Key) reader.Reject((uint)i, (uint)i - 1);
        }

        return changes;
    }

    private static void WriteEntries(ref CanonicalWriter writer, EntryChange[] changes)
    {
        writer.WriteArrayHeader(changes.Length);
        foreach (EntryChange change in changes)
        {
            writer.WriteArrayHeader(4);
            writer.WriteUInt64(change.App);
            writer.WriteFixed(change.Key.Span);
            writer.WriteFixed(change.Before.Span);
            writer.WriteFixed(change.After.Span);
        }
    }

    private static EntryChange[] ReadEntries(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(MaxListItems);
        var changes = new List<EntryChange>();
        Hash256 last = default;
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(4);
            var change = new EntryChange(
                reader.ReadUInt32(), reader.ReadBytes(MaxEntryKeyBytes), reader.ReadBytes(MaxEntryValueBytes), reader.ReadBytes(MaxEntryValueBytes));
            Hash256 place = change.Place;
            if (!change.IsReal) reader.Reject((ulong)change.Before.Length, (ulong)change.After.Length);
            if (i > 0 && place <= last) reader.Reject((uint)i, (uint)i - 1);
            changes.Add(change);
            last = place;
        }

        return [.. changes];
    }

    private static void WriteRewards(ref CanonicalWriter writer, RewardChange[] changes)
    {
        writer.WriteArrayHeader(changes.Length);
        foreach (RewardChange change in changes)
        {
            writer.WriteArrayHeader(3);
            writer.WriteUInt64(change.Height);
            WriteReward(ref writer, change.Before);
            WriteReward(ref writer, change.After);
        }
    }

    private static void WriteReward(ref CanonicalWriter writer, PendingReward? reward)
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

    private static RewardChange[] ReadRewards(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(MaxListItems);
        var changes = new List<RewardChange>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(3);
            ulong height = reader.ReadUInt64();
            var change = new RewardChange(height, ReadReward(ref reader), ReadReward(ref reader));
            if (change.Before == change.After) reader.Reject(height, height);
            if (i > 0 && height <= changes[^1].Height) reader.Reject(changes[^1].Height, height);
            changes.Add(change);
        }

        return [.. changes];
    }

    private static PendingReward? ReadReward(ref CanonicalReader reader)
    {
        if (reader.TryReadNil()) return null;
        reader.ReadArrayHeader(2);
        return new PendingReward(new Address(reader.ReadHash256()), reader.ReadUInt64(ChainProfile.MaxSupply));
    }

    private static void WriteTags(ref CanonicalWriter writer, TagGroup[] groups)
    {
        writer.WriteArrayHeader(groups.Length);
        foreach (TagGroup group in groups)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64(group.ValidUntil);
            byte[] bytes = new byte[group.Fingerprints.Length * FingerprintBytes];
            for (int i = 0; i < group.Fingerprints.Length; i++)
                BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(i * FingerprintBytes), group.Fingerprints[i]);
            writer.WriteFixed(bytes);
        }
    }

    private static TagGroup[] ReadTags(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(MaxListItems);
        var groups = new List<TagGroup>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(2);
            ulong validUntil = reader.ReadUInt64();
            if (i > 0 && validUntil <= groups[^1].ValidUntil) reader.Reject(groups[^1].ValidUntil, validUntil);
            groups.Add(new TagGroup(validUntil, ReadFingerprints(ref reader)));
        }

        return [.. groups];
    }

    private static UInt128[] ReadFingerprints(ref CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBytes(int.MaxValue).Span;
        if (bytes.IsEmpty || bytes.Length % FingerprintBytes != 0) reader.Reject(FingerprintBytes, (ulong)bytes.Length);
        if (reader.IsFaulted) return [];
        var fingerprints = new UInt128[bytes.Length / FingerprintBytes];
        for (int i = 0; i < fingerprints.Length; i++)
        {
            fingerprints[i] = BinaryPrimitives.ReadUInt128BigEndian(bytes[(i * FingerprintBytes)..]);
            if (i > 0 && fingerprints[i] <= fingerprints[i - 1]) reader.Reject((uint)i, (uint)i - 1);
        }

        return fingerprints;
    }
}
