using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Keccak;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Wallet;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>An account of Ethereum's kind: its address, and transfers that it signs.</summary>
/// <param name="key">Its key, which it disposes.</param>
internal sealed class EthereumAccount(ExtendedKey key) : IDisposable
{
    // What a transfer takes (Yellow Paper, appendix G), and two gwei for each: more than the first blocks ask for.
    private const ulong Gas = 21_000;
    private const ulong GasPrice = 2_000_000_000;

    private const int SignatureSize = 65;

    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();

    private readonly byte[] _address = Keccak256(key.PublicKey.AsSpan()).ToArray()[12..];

    /// <summary>Signs a transfer of one wei for one chain (EIP-155).</summary>
    public byte[] SignTransfer(EthereumAccount to, ulong nonce, ulong chain)
    {
        byte[] fields = [.. Number(nonce), .. Number(GasPrice), .. Number(Gas), .. Item(to._address), .. Number(1), .. Item([])];
        Hash256 digest = Keccak256(List([.. fields, .. Number(chain), .. Number(0), .. Number(0)]));
        byte[] signature = new byte[SignatureSize];
        s_scheme.Sign(key.PrivateKey, digest, signature);
        return List([.. fields, .. Number((2 * chain) + 35 + signature[64]), .. Number(signature.AsSpan(0, 32)), .. Number(signature.AsSpan(32, 32))]);
    }

    public void Dispose() => key.Dispose();

    private static Hash256 Keccak256(ReadOnlySpan<byte> message)
    {
        KeccakHasher hasher = KeccakHasher.Keccak256();
        hasher.Append(message);
        return hasher.Finish();
    }

    // RLP (Yellow Paper, appendix B): numbers are big-endian without zeros in front.
    private static byte[] Number(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Number(bytes);
    }

    private static byte[] Number(ReadOnlySpan<byte> value) => Item(value.TrimStart((byte)0));

    private static byte[] Item(ReadOnlySpan<byte> bytes) => bytes is [< 0x80] ? bytes.ToArray() : [.. Length(0x80, bytes.Length), .. bytes];

    private static byte[] List(ReadOnlySpan<byte> items) => [.. Length(0xc0, items.Length), .. items];

    private static byte[] Length(int offset, int length) => length < 56 ? [(byte)(offset + length)] : [(byte)(offset + 55 + 1), checked((byte)length)];
}
