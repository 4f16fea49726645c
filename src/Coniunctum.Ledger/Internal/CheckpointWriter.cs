using System.Buffers;
using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Internal;

/// <summary>Makes the slices of a checkpoint.</summary>
internal sealed class CheckpointWriter(StateSnapshot snapshot)
{
    private const int MaxContentBytes = StateCheckpoint.MaxSliceBytes - CheckpointForm.OverheadBytes;

    // What a list's item takes beside its bytes, at most.
    private const int ItemOverheadBytes = 24;

    private readonly CheckpointDigest _digest = new();
    private ulong _index;

    public IEnumerable<ReadOnlyMemory<byte>> Slices()
    {
        yield return Head();
        foreach (ReadOnlyMemory<byte> slice in Leaves()) yield return slice;
        foreach (ReadOnlyMemory<byte> slice in Tags()) yield return slice;
        yield return End();
    }

    private ReadOnlyMemory<byte> Head()
    {
        ArrayBufferWriter<byte> output = Begin();
        CanonicalWriter writer = Begin(output, CheckpointForm.Head);
        writer.WriteArrayHeader(CheckpointForm.HeadFields);
        writer.WriteUInt64(CheckpointForm.Version);
        writer.WriteString(snapshot.Traits.Name);
        StateParts.WriteSummary(ref writer, snapshot.Summary, HistoryTree.Empty);
        writer.WriteFixed(snapshot.TagKey.ToArray());
        writer.WriteUInt64((ulong)snapshot.Tree.AccountCount);
        writer.WriteUInt64((ulong)snapshot.Tree.EntryCount);
        writer.WriteUInt64((ulong)snapshot.Tags.Sum(bucket => (long)bucket.Value.Count));
        writer.WriteArrayHeader(snapshot.Rewards.ByHeight.Count);
        foreach ((ulong height, PendingReward reward) in snapshot.Rewards.ByHeight)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64(height);
            StateParts.WriteReward(ref writer, reward);
        }

        return Complete(ref writer, output);
    }

    /// <summary>One walk over the tree; accounts and applications' entries go to slices of their own.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Leaves()
    {
        var cursor = new TreeCursor(snapshot.Tree);
        byte[] accounts = new byte[CheckpointForm.MaxAccounts * CheckpointForm.AccountBytes];
        int accountBytes = 0;
        var entries = new List<ApplicationLeaf>();
        int entryBytes = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Entry is { } entry)
            {
                int size = entry.Name.Length + entry.Value.Length + ItemOverheadBytes;
                if (entryBytes + size > MaxContentBytes)
                {
                    yield return Entries(entries);
                    entries.Clear();
                    entryBytes = 0;
                }

                entries.Add(entry);
                entryBytes += size;
                continue;
            }

            cursor.Account.Owner.Value.CopyTo(accounts.AsSpan(accountBytes));
            BinaryPrimitives.WriteUInt64BigEndian(accounts.AsSpan(accountBytes + Hash256.Size), cursor.Account.Balance);
            accountBytes += CheckpointForm.AccountBytes;
            if (accountBytes < accounts.Length) continue;
            yield return Accounts(accounts);
            accountBytes = 0;
        }

        if (accountBytes > 0) yield return Accounts(accounts.AsSpan(0, accountBytes));
        if (entries.Count > 0) yield return Entries(entries);
    }

    private ReadOnlyMemory<byte> Accounts(ReadOnlySpan<byte> accounts)
    {
        ArrayBufferWriter<byte> output = Begin();
        CanonicalWriter writer = Begin(output, CheckpointForm.Accounts);
        writer.WriteFixed(accounts);
        return Complete(ref writer, output);
    }

    private ReadOnlyMemory<byte> Entries(List<ApplicationLeaf> entries)
    {
        ArrayBufferWriter<byte> output = Begin();
        CanonicalWriter writer = Begin(output, CheckpointForm.Entries);
        writer.WriteArrayHeader(entries.Count);
        foreach (ApplicationLeaf entry in entries)
        {
            writer.WriteArrayHeader(3);
            writer.WriteUInt64(entry.App);
            writer.WriteFixed(entry.Name.Span);
            writer.WriteFixed(entry.Value.Span);
        }

        return Complete(ref writer, output);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Tags()
    {
        var groups = new List<(ulong ValidUntil, byte[] Fingerprints)>();
        int room = MaxContentBytes;
        foreach ((ulong validUntil, TagBucket.Copy bucket) in snapshot.Tags)
        {
            for (int done = 0; done < bucket.Count;)
            {
                int count = Math.Min((room - ItemOverheadBytes) / CheckpointForm.TagBytes, bucket.Count - done);
                if (count <= 0)
                {
                    yield return Tags(groups);
                    groups.Clear();
                    room = MaxContentBytes;
                    continue;
                }

                groups.Add((validUntil, Fingerprints(bucket, done, count)));
                room -= (count * CheckpointForm.TagBytes) + ItemOverheadBytes;
                done += count;
            }
        }

        if (groups.Count > 0) yield return Tags(groups);
    }

    private static byte[] Fingerprints(TagBucket.Copy bucket, int start, int count)
    {
        byte[] bytes = new byte[count * CheckpointForm.TagBytes];
        for (int i = 0; i < count; i++)
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(i * CheckpointForm.TagBytes), bucket[start + i]);
        return bytes;
    }

    private ReadOnlyMemory<byte> Tags(List<(ulong ValidUntil, byte[] Fingerprints)> groups)
    {
        ArrayBufferWriter<byte> output = Begin();
        CanonicalWriter writer = Begin(output, CheckpointForm.Tags);
        writer.WriteArrayHeader(groups.Count);
        foreach ((ulong validUntil, byte[] fingerprints) in groups)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64(validUntil);
            writer.WriteFixed(fingerprints);
        }

        return Complete(ref writer, output);
    }

    private ReadOnlyMemory<byte> End()
    {
        ArrayBufferWriter<byte> output = Begin();
        CanonicalWriter writer = Begin(output, CheckpointForm.End);
        writer.WriteHash256(_digest.Value);
        return Complete(ref writer, output);
    }

    private static ArrayBufferWriter<byte> Begin() => new(StateCheckpoint.MaxSliceBytes);

    private CanonicalWriter Begin(ArrayBufferWriter<byte> output, ulong kind)
    {
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(CheckpointForm.Fields);
        writer.WriteUInt64(_index++);
        writer.WriteUInt64(kind);
        return writer;
    }

    private ReadOnlyMemory<byte> Complete(ref CanonicalWriter writer, ArrayBufferWriter<byte> output)
    {
        writer.Flush();
        _digest.Add(output.WrittenSpan);
        return output.WrittenMemory;
    }
}
