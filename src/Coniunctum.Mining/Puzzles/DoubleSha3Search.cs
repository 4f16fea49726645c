using System.Buffers.Binary;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Puzzles;

/// <summary>
/// Searches headers under <see cref="DoubleSha3"/>. Each try hashes as little as the header's format allows: with a time, up to 64
/// milliseconds share the hashing before the time; without one, the hashes of nonces are looked up.
/// </summary>
internal sealed class DoubleSha3Search : IHeaderSearch
{
    /// <summary>The most times that are tried with each nonce: a power of two. The shared hashing is then a 32nd of a try's.</summary>
    public const int MaxTimes = 64;

    private readonly Lazy<NonceHashTable>? _table;

    // The table costs as many hashes of nonces as it holds: a target that is found sooner does not repay it.
    private readonly Target _tableFrom;

    /// <summary>Sets how much memory the hashes of nonces may take.</summary>
    /// <param name="tableBytes">0 for no table, to <see cref="MiningOptions.MaxNonceTableBytes"/>.</param>
    public DoubleSha3Search(int tableBytes)
    {
        int count = tableBytes / Hash256.Size;
        if (count == 0) return;
        // A try that failed for want of memory is made again by the next search.
        _table = new Lazy<NonceHashTable>(() => new NonceHashTable(count), LazyThreadSafetyMode.PublicationOnly);
        _tableFrom = Target.ForHashes((ulong)count);
    }

    /// <inheritdoc/>
    public SearchSpace Prepare(BlockHeader header, Timestamp earliest, IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(earliest, header.Timestamp);
        var fields = (IFieldHashFormat)format;
        Span<byte> row = stackalloc byte[Sha3NoncePuzzle.MaxPreimageBytes];
        row = row[..fields.FieldHashesSize];
        fields.WriteFieldHashes(header, row);
        if (fields.TimestampHashOffset is { } offset && Sha3NoncePuzzle.CanVary(row.Length, offset))
            return OfTimes(header, earliest, row, offset);

        NonceHashTable? table = _table is not null && new Target(header.Target) <= _tableFrom ? _table.Value : null;
        return new SearchSpace(new Sha3NoncePuzzle(row, table), nonce => header with { Nonce = nonce });
    }

    /// <summary>All nonces with each of the last times up to the header's.</summary>
    private static SearchSpace OfTimes(BlockHeader header, Timestamp earliest, ReadOnlySpan<byte> row, int offset)
    {
        ulong latest = header.Timestamp.UnixMilliseconds;
        ulong longest = Math.Min(latest - earliest.UnixMilliseconds, MaxTimes - 1) + 1;
        int count = 1 << BitOperations.Log2(longest);
        ulong first = latest - (ulong)(count - 1);
        Span<byte> times = stackalloc byte[MaxTimes * sizeof(ulong)];
        times = times[..(count * sizeof(ulong))];
        for (int i = 0; i < count; i++) BinaryPrimitives.WriteUInt64BigEndian(times[(i * sizeof(ulong))..], first + (ulong)i);
        Span<Hash256> hashes = stackalloc Hash256[MaxTimes];
        hashes = hashes[..count];
        Sha3_256.HashMany(times, sizeof(ulong), hashes);
        var puzzle = new Sha3NoncePuzzle(row, offset, hashes);
        return new SearchSpace(puzzle, HeaderOf);

        BlockHeader HeaderOf(ulong number)
        {
            (ulong nonce, int time) = puzzle.Split(number);
            return header with { Nonce = nonce, Timestamp = new Timestamp(first + (ulong)time) };
        }
    }
}
