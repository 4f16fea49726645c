namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// What differs between kinds of signatures whose signers are found by one sum a·G + b·P each, where P is a point that is lifted
/// from its x. A struct without fields, so that <see cref="BatchRecovery{TKind,TAddressHash}"/> is compiled for each kind by itself.
/// </summary>
internal interface IRecoverable
{
    /// <summary>The length of every signature in bytes.</summary>
    static abstract int Size { get; }

    /// <summary>Checks what can be checked about a signature without computing with points.</summary>
    /// <param name="signature">As many bytes as <see cref="Size"/> says.</param>
    /// <param name="sum">Receives the x to lift, and what <see cref="SetFactors"/> needs of the signature.</param>
    /// <returns><see cref="SignatureOutcome.Valid"/> as far as one can tell.</returns>
    static abstract SignatureOutcome Read(ReadOnlySpan<byte> signature, out LiftedSum sum);

    /// <summary>Completes the factors of the sums.</summary>
    /// <param name="digests">All digests of the batch.</param>
    /// <param name="signatures">All its signatures, one behind the other.</param>
    /// <param name="positions">For each sum, which of them it belongs to.</param>
    /// <param name="sums">One or more sums that <see cref="Read"/> began.</param>
    static abstract void SetFactors(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> positions, Span<LiftedSum> sums);

    /// <summary>Says what a computed sum means for its signature.</summary>
    static abstract SignatureOutcome Judge(in LiftedSum sum, ReadOnlySpan<byte> signature);

    /// <summary>The signer's key, given a sum whose signature is valid.</summary>
    static abstract ref readonly AffinePoint KeyOf(in LiftedSum sum);
}
