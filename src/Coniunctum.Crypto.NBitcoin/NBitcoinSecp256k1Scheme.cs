using System.Security.Cryptography;
using NBitcoin.Secp256k1;

namespace Coniunctum.Crypto.NBitcoin;

/// <summary>
/// Recoverable ECDSA over secp256k1 as <see cref="Secp256k1.Secp256k1Scheme{TAddressHash}"/> has it, computed by the package
/// NBitcoin.Secp256k1: the same name in the protocol, the same bytes, the same outcomes. It allocates, and takes several times as long.
/// </summary>
/// <remarks>
/// <para>
/// Three guards stand around the package. Numbers out of their ranges and a high s are refused here, with their outcome. So is a
/// recovery id of 2 or 3 with r ≥ p−n, from which the package would recover a key that no one signed with. Digests of n or more
/// are reduced before they reach it, since RFC 6979 derives its nonce from the reduced one (§2.3.4).
/// </para>
/// <para>
/// The copies of a key that are made here are wiped, and so is the package's key object. Copies that the package makes are beyond
/// reach: its key object is not pinned, so that the garbage collector may leave one behind by moving it (a scan of the process's
/// memory found none after 3,000 signatures, and one after 20,000). That signing takes the same time for every key is claimed by
/// the package and not tested here.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// ChainProfile profile = Profiles.Development with { Signatures = new NBitcoinSecp256k1Scheme&lt;Sha3_256&gt;() };
/// </code>
/// </example>
/// <typeparam name="TAddressHash">The hash of X‖Y that is the address.</typeparam>
public sealed class NBitcoinSecp256k1Scheme<TAddressHash> : ISignatureScheme
    where TAddressHash : struct, IHashFunction
{
    private const int ScalarSize = 32;
    private const int RecoveryIdOffset = 2 * ScalarSize;
    private const int Length = RecoveryIdOffset + 1;

    private static readonly Secp256k1.Secp256k1Scheme<TAddressHash> s_protocol = new();

    // SEC 2, §2.4.1: the group's order n as an element of the field, and p−n, from which on r + n is no element of the field.
    private static readonly FE s_order = new(Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));
    private static readonly byte[] s_primeLessOrder = Convert.FromHexString("000000000000000000000000000000014551231950b75fc4402da1722fc9baee");

    /// <inheritdoc cref="Secp256k1.Secp256k1Scheme{TAddressHash}.Name"/>
    public string Name => s_protocol.Name;

    /// <summary>The length of every signature in bytes: 65.</summary>
    public int SignatureSize => Length;

    /// <inheritdoc/>
    public Address AddressOf(in PublicKey key) => s_protocol.AddressOf(key);

    /// <inheritdoc/>
    public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (signature.Length != Length)
            throw new ArgumentException($"A signature has {Length} bytes, not {signature.Length}.", nameof(signature));

        Span<byte> reduced = stackalloc byte[ScalarSize];
        new Scalar(digest.AsSpan(), out _).WriteToSpan(reduced);
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        try
        {
            key.CopyTo(secret);
            using ECPrivKey signer = ECPrivKey.Create(secret);
            if (!signer.TrySignRecoverable(reduced, out SecpRecoverableECDSASignature? made) || made is null)
                throw new InvalidOperationException("NBitcoin.Secp256k1 made no signature under a key in its range.");
            made.WriteToSpanCompact(signature[..RecoveryIdOffset], out int recoveryId);
            signature[RecoveryIdOffset] = (byte)recoveryId;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc/>
    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        if (signature.Length != Length) return SignatureOutcome.WrongLength;
        byte recoveryId = signature[RecoveryIdOffset];
        if (recoveryId > 3) return SignatureOutcome.RecoveryIdOutOfRange;
        ReadOnlySpan<byte> r = signature[..ScalarSize];
        if (!IsInRange(r, out _)) return SignatureOutcome.ROutOfRange;
        if (!IsInRange(signature[ScalarSize..RecoveryIdOffset], out Scalar s)) return SignatureOutcome.SOutOfRange;
        if (s.IsHigh) return SignatureOutcome.HighS;
        bool isBeyondOrder = (recoveryId & 2) != 0;
        if (isBeyondOrder && r.SequenceCompareTo(s_primeLessOrder) >= 0) return SignatureOutcome.NoSuchPoint;

        if (!SecpRecoverableECDSASignature.TryCreateFromCompact(signature[..RecoveryIdOffset], recoveryId, out SecpRecoverableECDSASignature? parsed))
            throw new InvalidOperationException("NBitcoin.Secp256k1 refused numbers in their ranges.");
        if (!ECPubKey.TryRecover(Context.Instance, parsed, digest.AsSpan(), out ECPubKey? key))
            return HasPoint(r, isBeyondOrder) ? SignatureOutcome.KeyAtInfinity : SignatureOutcome.NoSuchPoint;

        Span<byte> encoded = stackalloc byte[1 + PublicKey.Size]; // 4‖X‖Y
        key.WriteToSpan(compressed: false, encoded, out _);
        signer = new Address(TAddressHash.Hash(encoded[1..]));
        return SignatureOutcome.Valid;
    }

    /// <inheritdoc/>
    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        if (signatures.Length != (long)digests.Length * Length)
            throw new ArgumentException(Invariant($"{digests.Length} digests need {Length} bytes of signature each, not {signatures.Length} in all."), nameof(signatures));
        if (signers.Length != digests.Length)
            throw new ArgumentException(Invariant($"There is room for {signers.Length} signers of {digests.Length} digests."), nameof(signers));
        if (outcomes.Length != digests.Length)
            throw new ArgumentException(Invariant($"There is room for {outcomes.Length} outcomes of {digests.Length} digests."), nameof(outcomes));
        for (int i = 0; i < digests.Length; i++)
            outcomes[i] = Recover(digests[i], signatures.Slice(i * Length, Length), out signers[i]);
    }

    private static bool IsInRange(ReadOnlySpan<byte> bytes, out Scalar number)
    {
        number = new Scalar(bytes, out int overflow);
        return overflow == 0 && !number.IsZero;
    }

    /// <summary>Whether a point of the curve has the x coordinate that r and the recovery id name.</summary>
    private static bool HasPoint(ReadOnlySpan<byte> r, bool isBeyondOrder)
    {
        FE x = new(r);
        if (isBeyondOrder) x = x.Add(s_order).NormalizeVariable();
        return GE.TryCreateXOVariable(x, false, out _);
    }
}
