using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Finds the signers of signatures, many at once. Nothing is allocated, and the time depends on the signatures.</summary>
/// <typeparam name="TKind">The kind of signatures.</typeparam>
/// <typeparam name="TAddressHash">The hash of X‖Y that is the address.</typeparam>
[SkipLocalsInit]
internal static class BatchRecovery<TKind, TAddressHash>
    where TKind : struct, IRecoverable
    where TAddressHash : struct, IHashFunction
{
    /// <inheritdoc cref="ISignatureScheme.Recover"/>
    public static SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        if (signature.Length != TKind.Size) return SignatureOutcome.WrongLength;
        SignatureOutcome outcome = SignatureOutcome.Unchecked;
        RecoverBatch(new ReadOnlySpan<Hash256>(in digest), signature, new Span<Address>(ref signer), new Span<SignatureOutcome>(ref outcome));
        return outcome;
    }

    /// <inheritdoc cref="ISignatureScheme.RecoverMany"/>
    public static void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        SignatureLists.RequireEqualLengths(digests, signatures, TKind.Size, signers, outcomes);
        for (int start = 0; start < digests.Length; start += LiftedSums.MaxCount)
        {
            int count = Math.Min(LiftedSums.MaxCount, digests.Length - start);
            RecoverBatch(
                digests.Slice(start, count),
                signatures.Slice(start * TKind.Size, count * TKind.Size),
                signers.Slice(start, count),
                outcomes.Slice(start, count));
        }
    }

    private static void RecoverBatch(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        // Well-formed signatures move up, so that those that are not cost no lane.
        Span<LiftedSum> sums = stackalloc LiftedSum[digests.Length];
        Span<byte> positions = stackalloc byte[digests.Length];
        int count = 0;
        for (int i = 0; i < digests.Length; i++)
        {
            signers[i] = default;
            outcomes[i] = TKind.Read(signatures.Slice(i * TKind.Size, TKind.Size), out sums[count]);
            if (outcomes[i] == SignatureOutcome.Valid) positions[count++] = (byte)i;
        }

        if (count == 0) return;
        sums = sums[..count];
        TKind.SetFactors(digests, signatures, positions[..count], sums);
        LiftedSums.Compute_Vartime(sums);
        Span<PublicKey> keys = stackalloc PublicKey[count];
        int found = 0;
        for (int i = 0; i < count; i++)
        {
            byte position = positions[i];
            outcomes[position] = TKind.Judge(sums[i], signatures.Slice(position * TKind.Size, TKind.Size));
            if (outcomes[position] != SignatureOutcome.Valid) continue;
            keys[found] = new PublicKey(TKind.KeyOf(sums[i]));
            positions[found++] = position;
        }

        AddressHashing<TAddressHash>.WriteAddresses(keys[..found], positions, signers);
    }
}
