using Coniunctum.Crypto;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// A scheme that takes every signature for its sender's: the first 32 bytes name the signer. What a ledger costs beside its
/// signatures can be measured with it over millions of transactions.
/// </summary>
internal sealed class UncheckedSignatures : ISignatureScheme
{
    public string Name => "unchecked/none";

    public int SignatureSize => 65;

    public Address AddressOf(in PublicKey key) => throw new NotSupportedException("Nobody signs here.");

    public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature) => throw new NotSupportedException("Nobody signs here.");

    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = new Address(new Hash256(signature[..Hash256.Size]));
        return SignatureOutcome.Valid;
    }

    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        for (int i = 0; i < digests.Length; i++)
            outcomes[i] = Recover(digests[i], signatures.Slice(i * SignatureSize, SignatureSize), out signers[i]);
    }
}
