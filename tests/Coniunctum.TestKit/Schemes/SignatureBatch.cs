using System.Numerics;

namespace Coniunctum.TestKit.Schemes;

/// <summary>Signatures of which every third is broken in one of many ways, from a seed.</summary>
internal sealed class SignatureBatch
{
    private readonly Random _random;
    private readonly ISignatureScheme _scheme;
    private int _made;

    public SignatureBatch(ISignatureScheme scheme, int seed)
    {
        _scheme = scheme;
        _random = new Random(seed);
    }

    /// <summary>How many ways of breaking a signature there are.</summary>
    public static int WaysToBreak => 17;

    /// <summary>Makes the next digests and signatures.</summary>
    public void Next(Span<Hash256> digests, Span<byte> signatures)
    {
        Span<byte> bytes = stackalloc byte[32];
        for (int i = 0; i < digests.Length; i++)
        {
            _random.NextBytes(bytes);
            digests[i] = new Hash256(bytes);
            _random.NextBytes(bytes);
            if (PrivateKey.Read(bytes, out PrivateKey? key) != KeyOutcome.Valid || key is null) throw new InvalidOperationException();
            Span<byte> signature = signatures.Slice(i * _scheme.SignatureSize, _scheme.SignatureSize);
            using (key) _scheme.Sign(key, digests[i], signature);
            if (++_made % 3 == 0) Break(_made / 3 % WaysToBreak, ref digests[i], signature);
        }
    }

    private void Break(int way, ref Hash256 digest, Span<byte> signature)
    {
        // The last 64 bytes but for ECDSA's recovery id are r and s in both schemes.
        int rOffset = _scheme.SignatureSize == 65 ? 0 : 32;
        Span<byte> r = signature.Slice(rOffset, 32), s = signature.Slice(rOffset + 32, 32);
        CurveOracle curve = CurveOracle.Secp256k1;
        switch (way)
        {
            case 0: r.Clear(); break;
            case 1: s.Clear(); break;
            case 2: Write(curve.N, r); break;
            case 3: Write(curve.N + _random.Next(), s); break;
            case 4: Write(curve.P, r); break;
            case 5: r.Fill(0xFF); break;
            case 6: s.Fill(0xFF); break;
            case 7: Write(curve.N - CurveOracle.FromBytes(s), s); break; // high
            case 8: signature[^1] += 4; break; // ECDSA: v
            case 9: signature[^1] = 0xFF; break;
            case 10: Write(5, signature[..32]); break; // no point has this x
            case 11: Write(5, r); break;
            case 12: signature[_random.Next(signature.Length)] ^= (byte)(1 << _random.Next(8)); break;
            case 13: signature[^1] ^= 1; break;
            case 14: signature[^1] ^= 2; break; // ECDSA: r + n
            case 15: digest = Sha3_256.Hash(digest.AsSpan()); break;
            case 16: MakeKeyInfinite(digest, signature, r, s); break;
            default: throw new ArgumentOutOfRangeException(nameof(way));
        }
    }

    /// <summary>ECDSA with R = k·G and s = digest/k: then s·R − digest·G is infinity. As a Schnorr signature it is only wrong.</summary>
    private void MakeKeyInfinite(in Hash256 digest, Span<byte> signature, Span<byte> r, Span<byte> s)
    {
        CurveOracle curve = CurveOracle.Secp256k1;
        BigInteger k = _random.Next(2, 1000);
        (BigInteger X, BigInteger Y) point = curve.Multiply(k, curve.Generator)!.Value;
        BigInteger number = CurveOracle.FromBytes(digest.AsSpan()) * CurveOracle.Inverse(k, curve.N) % curve.N;
        bool isOdd = !point.Y.IsEven;
        if (number > curve.N / 2) (number, isOdd) = (curve.N - number, !isOdd);
        Write(point.X, r);
        Write(number, s);
        if (_scheme.SignatureSize == 65) signature[^1] = isOdd ? (byte)1 : (byte)0;
    }

    private static void Write(BigInteger value, Span<byte> destination) => CurveOracle.ToBytes(value).CopyTo(destination);
}
