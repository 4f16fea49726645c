using System.Buffers.Binary;
using System.Security.Cryptography;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Org.BouncyCastle.Crypto.Digests;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>The same nonces of one header, tried by ours and by its rivals. The target is one that no digest meets.</summary>
internal sealed class NonceWork
{
    /// <summary>Tries of nonces and times that make whole batches on every kernel.</summary>
    public const int GridBatch = 16 * GridWidth;

    /// <summary>The nonces of the table: 32 MiB.</summary>
    private const int TableLength = 1 << 20;

    /// <summary>The times that are tried with each nonce, as the miner does.</summary>
    private const int GridWidth = 64;

    private readonly byte[] _fieldHashes;
    private readonly int _slot;
    private readonly Sha3NoncePuzzle _puzzle;
    private readonly Sha3NoncePuzzle _tabled;
    private readonly Sha3Digest _bouncyCastle = new(256);
    private readonly byte[] _standardRow;
    private readonly Sha3NoncePuzzle _standard;
    private readonly Sha3NoncePuzzle _grid;
    private ulong _next;

    public NonceWork()
    {
        var format = (IFieldHashFormat)Int32CoinFormat.Instance;
        var header = new BlockHeader { Height = 1000, Nonce = 0, Previous = default, MerkleRoot = Sha3_256.Hash("root"u8), Target = Hash256.Zero };
        _fieldHashes = new byte[format.FieldHashesSize];
        format.WriteFieldHashes(header, _fieldHashes);
        _slot = format.NonceHashOffset;
        _puzzle = new Sha3NoncePuzzle(_fieldHashes);
        _tabled = new Sha3NoncePuzzle(_fieldHashes, new NonceHashTable(TableLength));

        // The standard format's row, in which the time's hash is the sixth of eight; any hashes do as well here.
        _standardRow = new byte[StandardFormat.Instance.FieldHashesSize];
        _standard = new Sha3NoncePuzzle(_standardRow);
        _grid = new Sha3NoncePuzzle(_standardRow, StandardFormat.Instance.TimestampHashOffset!.Value, [.. Enumerable.Range(0, GridWidth).Select(i => Sha3_256.Hash(BitConverter.GetBytes(i)))]);
    }

    public void SearchOurs(int count) => Search(_puzzle, count);

    /// <summary>Nonces of a header of the standard format.</summary>
    public void SearchStandard(int count) => Search(_standard, count);

    /// <summary>The same header, each nonce with 64 times.</summary>
    public void SearchGrid(int count) => Search(_grid, count);

    /// <summary>With H(nonce) from a table of 32 MiB, over and over.</summary>
    public void SearchTabled(int count)
    {
        while (count > 0)
        {
            int length = Math.Min(count, TableLength);
            if (_tabled.TryFind(0, (ulong)length, Hash256.Zero, out _)) throw new InvalidOperationException("No digest is less than zero.");
            count -= length;
        }
    }

    public void SearchInBox(int count) => SearchInBox(_fieldHashes, count);

    /// <summary>Nonces of a header of the standard format; another time would cost no less.</summary>
    public void SearchStandardInBox(int count) => SearchInBox(_standardRow, count);

    public void SearchBouncyCastle(int count)
    {
        byte[] nonce = new byte[sizeof(ulong)];
        byte[] digest = new byte[Hash256.Size];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(nonce, _next++);
            Hash(nonce, _fieldHashes, _slot);
            Hash(_fieldHashes, digest, 0);
            Hash(digest, digest, 0);
            if (new Hash256(digest).IsZero) throw new InvalidOperationException("No digest is zero.");
        }
    }

    private void SearchInBox(byte[] fieldHashes, int count)
    {
        Span<byte> nonce = stackalloc byte[sizeof(ulong)];
        Span<byte> digest = stackalloc byte[Hash256.Size];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(nonce, _next++);
            SHA3_256.HashData(nonce, fieldHashes.AsSpan(_slot, Hash256.Size));
            SHA3_256.HashData(fieldHashes, digest);
            SHA3_256.HashData(digest, digest);
            if (new Hash256(digest).IsZero) throw new InvalidOperationException("No digest is zero.");
        }
    }

    private void Search(INoncePuzzle puzzle, int count)
    {
        if (puzzle.TryFind(_next, (ulong)count, Hash256.Zero, out _)) throw new InvalidOperationException("No digest is less than zero.");
        _next += (ulong)count;
    }

    private void Hash(byte[] input, byte[] output, int offset)
    {
        _bouncyCastle.BlockUpdate(input, 0, input.Length);
        _bouncyCastle.DoFinal(output, offset);
    }
}
