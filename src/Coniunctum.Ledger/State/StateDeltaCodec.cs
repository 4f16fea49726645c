using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.State;

/// <summary>
/// A delta as bytes: [before, after, accounts, entries, rewards, forgotten, used,
/// failed]. Accounts are one string of address‖be8(before)‖be8(after) in rising order of keys, entries
/// [application, key, before, after] likewise, rewards [height, before, after] with [receiver, amount] or nil, tags
/// [validUntil, fingerprints] with be16 of each fingerprint in rising order, failed calls [index, reason]. Every delta has
/// one encoding.
/// </summary>
internal static class StateDeltaCodec
{
    private const int Fields = 8;
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
        StateParts.WriteSummary(ref writer, delta.Before, HistoryTree.Empty);
        StateParts.WriteSummary(ref writer, delta.After, delta.Before.History);
        WriteAccounts(ref writer, delta.Accounts);
        WriteEntries(ref writer, delta.Entries);
        WriteRewards(ref writer, delta.Rewards);
        WriteTags(ref writer, delta.TagsForgotten);
        WriteTags(ref writer, delta.TagsAdded);
        WriteFailedCalls(ref writer, delta.FailedCalls);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, out StateDelta? delta)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        StateSummary before = StateParts.ReadSummary(ref reader, HistoryTree.Empty);
        StateSummary after = StateParts.ReadSummary(ref reader, before.History);
        AccountChange[] accounts = ReadAccounts(ref reader);
        EntryChange[] entries = ReadEntries(ref reader);
        RewardChange[] rewards = ReadRewards(ref reader);
        TagGroup[] forgotten = ReadTags(ref reader);
        TagGroup[] added = ReadTags(ref reader);
        ImmutableArray<FailedCall> failed = ReadFailedCalls(ref reader);
        DecodeOutcome outcome = reader.End();
        delta = !outcome.IsValid ? null : new StateDelta(before, after)
        {
            Accounts = accounts,
            Entries = entries,
            Rewards = rewards,
            TagsForgotten = forgotten,
            TagsAdded = added,
            FailedCalls = failed,
        };
        return outcome;
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

            // Copied: what is set in the state must not keep the record's bytes alive.
            var change = new EntryChange(
                reader.ReadUInt32(),
                reader.ReadBytes(MaxEntryKeyBytes).ToArray(),
                reader.ReadBytes(MaxEntryValueBytes).ToArray(),
                reader.ReadBytes(MaxEntryValueBytes).ToArray());
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
            StateParts.WriteReward(ref writer, change.Before);
            StateParts.WriteReward(ref writer, change.After);
        }
    }

    private static RewardChange[] ReadRewards(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(MaxListItems);
        var changes = new List<RewardChange>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(3);
            ulong height = reader.ReadUInt64();
            var change = new RewardChange(height, StateParts.ReadReward(ref reader), StateParts.ReadReward(ref reader));
            if (change.Before == change.After) reader.Reject(height, height);
            if (i > 0 && height <= changes[^1].Height) reader.Reject(changes[^1].Height, height);
            changes.Add(change);
        }

        return [.. changes];
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

    private static void WriteFailedCalls(ref CanonicalWriter writer, ImmutableArray<FailedCall> calls)
    {
        writer.WriteArrayHeader(calls.Length);
        foreach (FailedCall call in calls)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64((uint)call.Index);
            writer.WriteString(call.Reason);
        }
    }

    private static ImmutableArray<FailedCall> ReadFailedCalls(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(MaxListItems);
        var calls = new List<FailedCall>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(2);
            var call = new FailedCall((int)reader.ReadUInt64(int.MaxValue), reader.ReadString(4 * CallOutcome.MaxReasonLength));
            if (i > 0 && call.Index <= calls[^1].Index && calls[^1].Index > 0) reader.Reject((uint)calls[^1].Index, (uint)call.Index);
            calls.Add(call);
        }

        return [.. calls];
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
