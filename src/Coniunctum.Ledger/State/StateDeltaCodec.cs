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
        var output = new ArrayBufferWriter<byte>(256 + (delta.Changes.Length * AccountBytes));
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(Fields);
        WriteSummary(ref writer, delta.Before, HistoryTree.Empty);
        WriteSummary(ref writer, delta.After, delta.Before.History);
        WriteAccounts(ref writer, [.. delta.Changes.Where(change => change.IsAccount)]);
        WriteEntries(ref writer, [.. delta.Changes.Where(change => !change.IsAccount)]);
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
        StateChange[] accounts = ReadAccounts(ref reader);
        StateChange[] entries = ReadEntries(ref reader);
        RewardChange[] rewards = ReadRewards(ref reader);
        TagGroup[] forgotten = ReadTags(ref reader);
        TagGroup[] added = ReadTags(ref reader);
        DecodeFault fault = reader.End();
        delta = !fault.IsNone ? null : new StateDelta(before, after)
        {
            Changes = Merge(accounts, entries),
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

    private static void WriteAccounts(ref CanonicalWriter writer, StateChange[] changes)
    {
        byte[] bytes = new byte[changes.Length * AccountBytes];
        Span<byte> rest = bytes;
        foreach (ref readonly StateChange change in changes.AsSpan())
        {
            change.Owner.Value.CopyTo(rest);
            BinaryPrimitives.WriteUInt64BigEndian(rest[Hash256.Size..], change.Before);
            BinaryPrimitives.WriteUInt64BigEndian(rest[(Hash256.Size + sizeof(ulong))..], change.After);
            rest = rest[AccountBytes..];
        }

        writer.WriteFixed(bytes);
    }

    private static StateChange[] ReadAccounts(ref CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBytes(int.MaxValue).Span;
        if (bytes.Length % AccountBytes != 0) reader.Reject((ulong)(bytes.Length / AccountBytes * AccountBytes), (ulong)bytes.Length);
        if (reader.IsFaulted) return [];
        var owners = new Address[bytes.Length / AccountBytes];
        var keys = new Hash256[owners.Length];
        for (int i = 0; i < owners.Length; i++) owners[i] = new Address(new Hash256(bytes.Slice(i * AccountBytes, Hash256.Size)));
        StateKeys.OfAccounts(owners, keys);

        var changes = new StateChange[owners.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            ReadOnlySpan<byte> balances = bytes[((i * AccountBytes) + Hash256.Size)..];
            ulong before = BinaryPrimitives.ReadUInt64BigEndian(balances);
            ulong after = BinaryPrimitives.ReadUInt64BigEndian(balances[sizeof(ulong)..]);
            changes[i] = new StateChange(keys[i], owners[i], before, after);
            if (before == after || before > ChainProfile.MaxSupply || after > ChainProfile.MaxSupply) reader.Reject(before, after);
            if (i > 0 && changes[i].Key <= changes[i - 1].Key) reader.Reject((uint)i, (uint)i - 1);
        }

        return changes;
    }

    private static void WriteEntries(ref CanonicalWriter writer, StateChange[] changes)
    {
        writer.WriteArrayHeader(changes.Length);
        foreach (ref readonly StateChange change in changes.AsSpan())
        {
            ApplicationEntry any = change.EntryBefore ?? change.EntryAfter!;
            writer.WriteArrayHeader(4);
            writer.WriteUInt64(any.App);
            writer.WriteFixed(any.Key.Span);
            writer.WriteFixed(change.EntryBefore is { } before ? before.Value.Span : []);
            writer.WriteFixed(change.EntryAfter is { } after ? after.Value.Span : []);
        }
    }

    private static StateChange[] ReadEntries(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(MaxListItems);
        var changes = new List<StateChange>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(4);
            uint app = reader.ReadUInt32();
            ReadOnlyMemory<byte> key = reader.ReadBytes(MaxEntryKeyBytes);
            ReadOnlyMemory<byte> before = reader.ReadBytes(MaxEntryValueBytes);
            ReadOnlyMemory<byte> after = reader.ReadBytes(MaxEntryValueBytes);
            var change = new StateChange(StateKeys.OfApplication(app, key.Span), default, 0, 0)
            {
                EntryBefore = before.IsEmpty ? null : new ApplicationEntry(app, key, before),
                EntryAfter = after.IsEmpty ? null : new ApplicationEntry(app, key, after),
            };
            if (!change.IsReal) reader.Reject((ulong)before.Length, (ulong)after.Length);
            if (i > 0 && change.Key <= changes[^1].Key) reader.Reject((uint)i, (uint)i - 1);
            changes.Add(change);
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

    /// <summary>Joins two lists in rising order of keys.</summary>
    private static StateChange[] Merge(StateChange[] accounts, StateChange[] entries)
    {
        if (entries.Length == 0) return accounts;
        StateChange[] all = [.. accounts, .. entries];
        Array.Sort(all, static (left, right) => left.Key.CompareTo(right.Key));
        return all;
    }
}
