namespace Coniunctum.TestKit.Chains;

/// <summary>
/// A scheme without secrets: a signature names its signer and repeats the digest. Fast, and as strict about
/// who signed what as the tests need.
/// </summary>
internal sealed class PlainSignatures : ISignatureScheme
{
    public string Name => "plain";

    public int SignatureSize => 65;

    public static byte[] Sign(Address signer, in Hash256 digest)
    {
        byte[] signature = new byte[65];
        signature[0] = 1;
        signer.Value.CopyTo(signature.AsSpan(1));
        digest.CopyTo(signature.AsSpan(33));
        return signature;
    }

    public Address AddressOf(in PublicKey key) => throw new NotSupportedException();

    public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature) => throw new NotSupportedException();

    public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        if (signature.Length != 65) return SignatureOutcome.WrongLength;
        if (signature[0] != 1 || !signature[33..].SequenceEqual(digest.AsSpan())) return SignatureOutcome.NoSuchPoint;
        signer = new Address(new Hash256(signature[1..33]));
        return SignatureOutcome.Valid;
    }

    public void RecoverMany(
        ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes)
    {
        for (int i = 0; i < digests.Length; i++)
            outcomes[i] = Recover(digests[i], signatures.Slice(i * 65, 65), out signers[i]);
    }
}
