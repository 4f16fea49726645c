using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Tests.Support;

/// <summary>A scheme without keys: the ledger's rules only ask for its name and its signatures' length.</summary>
internal sealed class FakeSignatures : ISignatureScheme
{
    public string Name => "fake";

    public int SignatureSize => 65;

    public Address AddressOf(in PublicKey key) => throw new NotSupportedException();

    public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature) => throw new NotSupportedException();

    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer) => throw new NotSupportedException();

    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes) =>
        throw new NotSupportedException();
}
