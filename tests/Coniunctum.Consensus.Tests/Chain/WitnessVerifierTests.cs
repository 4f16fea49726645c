using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>In which order seals are verified that come from several sources at once.</summary>
public sealed class WitnessVerifierTests : IEffectSink<IChainEffect>
{
    private readonly HashedBlock _block = Ledger.Execution.GenesisBlock.Create(World.ProfileOf(StandardFormat.Instance)).Block;
    private readonly List<NodeEffect.VerifySignatures> _asked = [];

    [SetUp]
    public void Forget() => _asked.Clear();

    [Test]
    public void Request_AfterAFloodOfOneSource_HasAnothersCopyInTheFirstBatch()
    {
        var verifier = new WitnessVerifier();
        for (int i = 0; i < 3_000; i++) verifier.Add(CopyFrom(1, claims: 1));
        verifier.Add(CopyFrom(2, claims: 1));
        verifier.Request(() => new JobId(1), this);
        Assert.That(_asked.Single().Claims, Has.Length.EqualTo(2_048));
        Assert.That(_asked.Single().Claims.Take(2).Select(claim => claim.Digest), Is.EqualTo(new[] { World.Owner(1).Value, World.Owner(2).Value }), "they take turns");
    }

    [Test]
    public void Request_WithACopyThatIsGone_AsksNothingAboutIt()
    {
        var verifier = new WitnessVerifier();
        BlockCopy gone = CopyFrom(1, claims: 3);
        verifier.Add(gone);
        gone.IsReleased = true;
        verifier.Request(() => new JobId(1), this);
        Assert.That(_asked, Is.Empty);

        verifier.Add(CopyFrom(1, claims: 2));
        verifier.Request(() => new JobId(2), this);
        Assert.That(_asked.Single().Claims, Has.Length.EqualTo(2));
    }

    [Test]
    public void Request_WithACopyOfMoreClaimsThanABatchHas_AsksAboutItAlone()
    {
        var verifier = new WitnessVerifier();
        verifier.Add(CopyFrom(1, claims: 5_000));
        verifier.Add(CopyFrom(2, claims: 1));
        verifier.Request(() => new JobId(1), this);
        Assert.That(_asked.Single().Claims, Has.Length.EqualTo(5_000));
    }

    void IEffectSink<IChainEffect>.Emit(IChainEffect effect) => _asked.Add((NodeEffect.VerifySignatures)effect);

    private BlockCopy CopyFrom(byte source, int claims)
    {
        var copy = new BlockCopy(_block, new PeerId(source));
        for (int i = 0; i < claims; i++) copy.Seals.Add(new SignatureClaim(World.Owner(source).Value, default, World.Alice));
        return copy;
    }
}
