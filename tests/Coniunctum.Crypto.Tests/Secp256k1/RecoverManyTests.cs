using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Batches of both schemes, whose single signatures do without vectors.</summary>
[TestFixtureSource(nameof(Schemes))]
public sealed class RecoverManyTests(ISignatureScheme scheme) : RecoverManyContract(scheme)
{
    private static readonly ISignatureScheme[] s_schemes = [new Secp256k1Scheme<Sha3_256>(), new SchnorrScheme<Sha3_256>()];

    private readonly ISignatureScheme _scheme = scheme;

    private static IEnumerable<TestFixtureData> Schemes() =>
        s_schemes.Select(scheme => new TestFixtureData(scheme).SetArgDisplayNames(scheme.Name));

    [Test]
    public void SignAndRecover_AllocateNothing()
    {
        using PrivateKey key = Key(9);
        byte[] signatures = new byte[_scheme.SignatureSize * 100];
        var digests = new Hash256[100];
        var signers = new Address[100];
        var outcomes = new SignatureOutcome[100];
        Run(); // The first calls load types and build tables, which allocates.

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run()
        {
            for (int i = 0; i < digests.Length; i++)
                _scheme.Sign(key, digests[i], signatures.AsSpan(_scheme.SignatureSize * i, _scheme.SignatureSize));
            _ = _scheme.Recover(digests[0], signatures.AsSpan(0, _scheme.SignatureSize), out _);
            _scheme.RecoverMany(digests, signatures, signers, outcomes);
        }
    }
}
