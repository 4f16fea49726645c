using System.Security.Cryptography;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using NBitcoin.Secp256k1;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using BigInteger = Org.BouncyCastle.Math.BigInteger;
using Scalar = Coniunctum.Crypto.Secp256k1.Scalar;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>The same signatures made, verified and recovered by ours and by its rivals: 512 digests of one key, in turn.</summary>
internal sealed unsafe class SignatureWork : IDisposable
{
    public const int Count = 512;

    private const int SignatureSize = 65;

    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();

    private readonly PrivateKey _key;
    private readonly byte[] _keyBytes = new byte[PrivateKey.Size];
    private readonly Hash256[] _digests = new Hash256[Count];
    private readonly byte[] _signatures = new byte[Count * SignatureSize];
    private readonly Address[] _signers = new Address[Count];
    private readonly SignatureOutcome[] _outcomes = new SignatureOutcome[Count];
    private readonly byte[] _nativeKey = new byte[64];
    private readonly ECDsa _inBox;
    private readonly byte[][] _inBoxSignatures = new byte[Count][];
    private readonly ECDsaSigner _bouncySigner = new(new HMacDsaKCalculator(new Org.BouncyCastle.Crypto.Digests.Sha256Digest()));
    private readonly ECDsaSigner _bouncyVerifier = new();
    private readonly BigInteger[][] _bouncySignatures = new BigInteger[Count][];
    private readonly ECPrivKey _portKey;
    private readonly ECPubKey _portPublicKey;
    private readonly SecpRecoverableECDSASignature[] _portSignatures = new SecpRecoverableECDSASignature[Count];
    private int _next;

    public SignatureWork()
    {
        Hash256 secret = Sha3_256.Hash("a key of the benchmarks, never of anyone"u8);
        if (PrivateKey.Read(secret.AsSpan(), out PrivateKey? key) != KeyOutcome.Valid) throw new InvalidOperationException("The key is one.");
        _key = key!;
        _key.CopyTo(_keyBytes);
        for (int i = 0; i < Count; i++)
        {
            _digests[i] = Sha3_256.Hash(BitConverter.GetBytes(i));
            s_scheme.Sign(_key, _digests[i], Signature(i));
        }

        byte[] publicKey = _key.PublicKey.AsSpan().ToArray();
        byte[] encoded = [0x04, .. publicKey];
        fixed (byte* input = encoded, output = _nativeKey) Require(Native.ParseKey(input, output));

        _portKey = ECPrivKey.Create(_keyBytes);
        _portPublicKey = _portKey.CreatePubKey();
        for (int i = 0; i < Count; i++)
        {
            Require(SecpRecoverableECDSASignature.TryCreateFromCompact(Signature(i)[..64], Signature(i)[64], out SecpRecoverableECDSASignature? signature));
            _portSignatures[i] = signature!;
        }

        _inBox = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.CreateFromFriendlyName("secp256k1"),
            D = _keyBytes,
            Q = new ECPoint { X = publicKey[..32], Y = publicKey[32..] },
        });

        var parameters = CustomNamedCurves.GetByName("secp256k1");
        var domain = new ECDomainParameters(parameters.Curve, parameters.G, parameters.N, parameters.H);
        _bouncySigner.Init(true, new ECPrivateKeyParameters(new BigInteger(1, _keyBytes), domain));
        _bouncyVerifier.Init(false, new ECPublicKeyParameters(parameters.Curve.DecodePoint([0x04, .. publicKey]), domain));
        for (int i = 0; i < Count; i++)
        {
            _inBoxSignatures[i] = Signature(i)[..64].ToArray();
            _bouncySignatures[i] = [new BigInteger(1, _inBoxSignatures[i], 0, 32), new BigInteger(1, _inBoxSignatures[i], 32, 32)];
        }
    }

    /// <summary>The C library.</summary>
    public LibSecp256k1 Native { get; } = new();

    public void SignOurs(int count)
    {
        Span<byte> signature = stackalloc byte[SignatureSize];
        for (int i = 0; i < count; i++) s_scheme.Sign(_key, _digests[Next()], signature);
    }

    public void SignNative(int count)
    {
        byte* signature = stackalloc byte[65];
        fixed (Hash256* digests = _digests)
        fixed (byte* key = _keyBytes)
        {
            for (int i = 0; i < count; i++) Require(Native.Sign((byte*)&digests[Next()], key, signature));
        }
    }

    public void SignPort(int count)
    {
        for (int i = 0; i < count; i++) Require(_portKey.TrySignRecoverable(_digests[Next()].AsSpan(), out _));
    }

    public void SignInBox(int count)
    {
        for (int i = 0; i < count; i++) _inBox.SignHash(_digests[Next()].AsSpan());
    }

    public void SignBouncyCastle(int count)
    {
        for (int i = 0; i < count; i++) _bouncySigner.GenerateSignature(_digests[Next()].ToArray());
    }

    public void RecoverOurs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(s_scheme.Recover(_digests[index], Signature(index), out _) == SignatureOutcome.Valid);
        }
    }

    /// <summary>Recovers in batches of a size that divides 512.</summary>
    public void RecoverBatches(int count, int size)
    {
        for (int done = 0; done < count; done += size)
        {
            int first = done % Count;
            s_scheme.RecoverMany(
                _digests.AsSpan(first, size),
                _signatures.AsSpan(first * SignatureSize, size * SignatureSize),
                _signers.AsSpan(0, size),
                _outcomes.AsSpan(0, size));
            Require(_outcomes[0] == SignatureOutcome.Valid);
        }
    }

    public void RecoverNative(int count)
    {
        byte* recovered = stackalloc byte[65];
        fixed (Hash256* digests = _digests)
        fixed (byte* signatures = _signatures)
        {
            for (int i = 0; i < count; i++)
            {
                int index = Next();
                Require(Native.Recover((byte*)&digests[index], signatures + (index * 65), recovered));
            }
        }
    }

    public void RecoverPort(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(ECPubKey.TryRecover(Context.Instance, _portSignatures[index], _digests[index].AsSpan(), out _));
        }
    }

    /// <summary>Verifies under a key that is known: the scalar path.</summary>
    public void VerifyOurs(int count)
    {
        _key.PublicKey.ToPoint(out AffinePoint key);
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            _ = Scalar.TryRead(_digests[index].AsSpan(), out Scalar digest);
            Require(Scalar.TryRead(Signature(index), out Scalar r) && Scalar.TryRead(Signature(index)[32..], out Scalar s) && Ecdsa.Verify_Vartime(key, digest, r, s));
        }
    }

    public void VerifyNative(int count)
    {
        fixed (Hash256* digests = _digests)
        fixed (byte* signatures = _signatures, key = _nativeKey)
        {
            for (int i = 0; i < count; i++)
            {
                int index = Next();
                Require(Native.Verify((byte*)&digests[index], signatures + (index * 65), key));
            }
        }
    }

    public void VerifyPort(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(_portPublicKey.SigVerify(_portSignatures[index].ToSignature(), _digests[index].AsSpan()));
        }
    }

    public void VerifyInBox(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(_inBox.VerifyHash(_digests[index].AsSpan(), _inBoxSignatures[index]));
        }
    }

    public void VerifyBouncyCastle(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(_bouncyVerifier.VerifySignature(_digests[index].ToArray(), _bouncySignatures[index][0], _bouncySignatures[index][1]));
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _portKey.Dispose();
        _inBox.Dispose();
        CryptographicOperations.ZeroMemory(_keyBytes);
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("A contender gave a wrong answer.");
    }

    private Span<byte> Signature(int index) =>
        _signatures.AsSpan(index * SignatureSize, SignatureSize);

    private int Next() => _next = (_next + 1) % Count;
}
