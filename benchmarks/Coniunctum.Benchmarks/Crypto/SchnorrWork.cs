using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using NBitcoin.Secp256k1;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>BIP-340 signatures made and verified by ours, the C library and its port in C#: 512 digests of one key, in turn.</summary>
internal sealed unsafe class SchnorrWork : IDisposable
{
    public const int Count = 512;

    private const int SignatureSize = 96;
    private const int KeySize = 32;

    private static readonly SchnorrScheme<Sha3_256> s_scheme = new();

    private readonly LibSecp256k1 _native;
    private readonly ECPrivKey _portKey;
    private readonly ECXOnlyPubKey _portPublicKey;
    private readonly SecpSchnorrSignature[] _portSignatures = new SecpSchnorrSignature[Count];
    private readonly byte[] _noRandomness = new byte[32];
    private readonly PrivateKey _key;
    private readonly byte[] _nativePair = new byte[96];
    private readonly Hash256[] _digests = new Hash256[Count];
    private readonly byte[] _signatures = new byte[Count * SignatureSize];
    private readonly Address[] _signers = new Address[Count];
    private readonly SignatureOutcome[] _outcomes = new SignatureOutcome[Count];
    private int _next;

    public SchnorrWork(LibSecp256k1 native)
    {
        _native = native;
        Hash256 secret = Sha3_256.Hash("a key of the benchmarks, never of anyone"u8);
        if (PrivateKey.Read(secret.AsSpan(), out PrivateKey? key) != KeyOutcome.Valid) throw new InvalidOperationException("The key is one.");
        _key = key!;
        for (int i = 0; i < Count; i++)
        {
            _digests[i] = Sha3_256.Hash(BitConverter.GetBytes(i));
            s_scheme.Sign(_key, _digests[i], Signature(i));
        }

        _portKey = ECPrivKey.Create(secret.AsSpan());
        _portPublicKey = _portKey.CreateXOnlyPubKey();
        for (int i = 0; i < Count; i++)
        {
            Require(SecpSchnorrSignature.TryCreate(Signature(i)[KeySize..], out SecpSchnorrSignature? signature));
            _portSignatures[i] = signature!;
        }

        byte* bytes = (byte*)&secret;
        fixed (byte* pair = _nativePair) Require(native.MakeKeyPair(bytes, pair));
    }

    public void SignOurs(int count)
    {
        Span<byte> signature = stackalloc byte[SignatureSize];
        for (int i = 0; i < count; i++) s_scheme.Sign(_key, _digests[Next()], signature);
    }

    public void SignNative(int count)
    {
        byte* signature = stackalloc byte[64];
        fixed (Hash256* digests = _digests)
        fixed (byte* pair = _nativePair)
        {
            for (int i = 0; i < count; i++) Require(_native.SignSchnorr((byte*)&digests[Next()], pair, signature));
        }
    }

    public void VerifyOurs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(s_scheme.Recover(_digests[index], Signature(index), out _) == SignatureOutcome.Valid);
        }
    }

    /// <summary>Verifies all 512 at once.</summary>
    public void VerifyBatches(int count)
    {
        for (int done = 0; done < count; done += Count)
        {
            s_scheme.RecoverMany(_digests, _signatures, _signers, _outcomes);
            Require(_outcomes[0] == SignatureOutcome.Valid);
        }
    }

    public void VerifyNative(int count)
    {
        fixed (Hash256* digests = _digests)
        fixed (byte* signatures = _signatures)
        {
            for (int i = 0; i < count; i++)
            {
                int index = Next();
                byte* signature = signatures + (index * SignatureSize);
                Require(_native.VerifySchnorr((byte*)&digests[index], signature + KeySize, signature));
            }
        }
    }

    public void SignPort(int count)
    {
        for (int i = 0; i < count; i++) _portKey.SignBIP340(_digests[Next()].AsSpan(), _noRandomness);
    }

    public void VerifyPort(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = Next();
            Require(_portPublicKey.SigVerifyBIP340(_portSignatures[index], _digests[index].AsSpan()));
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _portKey.Dispose();
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("A contender gave a wrong answer.");
    }

    private Span<byte> Signature(int index) => _signatures.AsSpan(index * SignatureSize, SignatureSize);

    private int Next() => _next = (_next + 1) % Count;
}
