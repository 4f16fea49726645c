using System.Buffers.Binary;

namespace Coniunctum.Crypto.Tests.Merkle;

/// <summary>As much of a Bitcoin block of 2009 as its Merkle root needs.</summary>
internal sealed class BitcoinBlock
{
    private readonly byte[] _bytes;
    private int _position = 80;

    private BitcoinBlock(byte[] bytes)
    {
        _bytes = bytes;
        MerkleRoot = new Hash256(bytes.AsSpan(36, 32));
        TransactionIds = new Hash256[ReadCount()];
        for (int i = 0; i < TransactionIds.Length; i++) TransactionIds[i] = ReadTransactionId();
        Assert.That(_position, Is.EqualTo(bytes.Length), "the block ends with its last transaction");
    }

    /// <summary>The root that the header states.</summary>
    public Hash256 MerkleRoot { get; }

    /// <summary>Double SHA-256 of each transaction.</summary>
    public Hash256[] TransactionIds { get; }

    public static BitcoinBlock Parse(string hex) => new(Convert.FromHexString(hex));

    private Hash256 ReadTransactionId()
    {
        int start = _position;
        _position += 4; // version
        for (int inputs = ReadCount(); inputs > 0; inputs--)
        {
            _position += 36; // the output that is spent
            Skip(ReadCount()); // its script
            _position += 4; // sequence
        }

        for (int outputs = ReadCount(); outputs > 0; outputs--)
        {
            _position += 8; // amount
            Skip(ReadCount()); // script
        }

        _position += 4; // lock time
        return DoubleHash<Sha256>.Hash(_bytes.AsSpan(start, _position - start));
    }

    private void Skip(int bytes) => _position += bytes;

    private int ReadCount()
    {
        byte first = _bytes[_position++];
        if (first < 0xFD) return first;
        Assert.That(first, Is.EqualTo(0xFD), "counts of these blocks fit 16 bits");
        _position += 2;
        return BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(_position - 2));
    }
}
