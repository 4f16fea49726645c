using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;
using Org.BouncyCastle.Crypto.Digests;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>SHA3-256 of 32 bytes and of 16 KiB, and Merkle roots of 4,096 leaves.</summary>
internal sealed class HashWork
{
    public const int Leaves = 4096;

    private const int LongBytes = 16 * 1024;

    private readonly byte[] _messages = new byte[Leaves * Hash256.Size];
    private readonly Hash256[] _hashes = new Hash256[Leaves];
    private readonly byte[] _node = new byte[1 + (2 * Hash256.Size)];
    private readonly Sha3Digest _bouncyCastle = new(256);
    private readonly byte[] _digest = new byte[Hash256.Size];

    public HashWork()
    {
        for (int i = 0; i < Leaves; i++) Sha3_256.Hash(BitConverter.GetBytes(i)).CopyTo(_messages.AsSpan(i * Hash256.Size));
    }

    public void HashOurs(int count)
    {
        for (int i = 0; i < count; i++) _hashes[i % Leaves] = Sha3_256.Hash(Message(i));
    }

    public void HashManyOurs(int count)
    {
        for (int done = 0; done < count; done += Leaves) Sha3_256.HashMany(_messages, Hash256.Size, _hashes);
    }

    public void HashInBox(int count)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        for (int i = 0; i < count; i++)
        {
            SHA3_256.HashData(Message(i), digest);
            _hashes[i % Leaves] = new Hash256(digest);
        }
    }

    public void HashBouncyCastle(int count)
    {
        byte[] digest = new byte[Hash256.Size];
        for (int i = 0; i < count; i++)
        {
            _bouncyCastle.BlockUpdate(_messages, i % Leaves * Hash256.Size, Hash256.Size);
            _bouncyCastle.DoFinal(digest, 0);
            _hashes[i % Leaves] = new Hash256(digest);
        }
    }

    public void HashLongOurs(int count)
    {
        for (int i = 0; i < count; i++) _hashes[0] = Sha3_256.Hash(_messages.AsSpan(i % Leaves, LongBytes));
    }

    public void HashLongInBox(int count)
    {
        for (int i = 0; i < count; i++) SHA3_256.HashData(_messages.AsSpan(i % Leaves, LongBytes), _digest);
    }

    public void HashLongBouncyCastle(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _bouncyCastle.BlockUpdate(_messages, i % Leaves, LongBytes);
            _bouncyCastle.DoFinal(_digest, 0);
        }
    }

    public void RootOurs(int count)
    {
        ReadOnlySpan<Hash256> leaves = MemoryMarshal.Cast<byte, Hash256>(_messages);
        for (int i = 0; i < count; i++) _hashes[0] = Rfc6962Tree<Sha3_256>.ComputeRoot(leaves);
    }

    public void RootInBox(int count)
    {
        var level = new Hash256[Leaves];
        for (int i = 0; i < count; i++)
        {
            MemoryMarshal.Cast<byte, Hash256>(_messages).CopyTo(level);
            for (int width = Leaves; width > 1; width /= 2)
            {
                for (int pair = 0; pair < width / 2; pair++)
                {
                    _node[0] = 0x01;
                    level[2 * pair].CopyTo(_node.AsSpan(1));
                    level[(2 * pair) + 1].CopyTo(_node.AsSpan(1 + Hash256.Size));
                    level[pair] = new Hash256(SHA3_256.HashData(_node));
                }
            }
        }
    }

    private ReadOnlySpan<byte> Message(int index) => _messages.AsSpan(index % Leaves * Hash256.Size, Hash256.Size);
}
