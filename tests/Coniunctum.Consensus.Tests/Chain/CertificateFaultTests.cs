using Coniunctum.Bft;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>A certificate lies outside of the digest: what is wrong with it is the fault of one copy, and says nothing of the block.</summary>
public sealed class CertificateFaultTests
{
    private static readonly ValidatorSet s_set = ValidatorSet.Of(Alice, Bob, Carol, Miner);

    private static readonly string[] s_faults = ["none", "garbage", "too few", "one twice", "a stranger's signature", "another block's", "of another round"];

    private World _world = null!;
    private Forge _forge = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateChain()
    {
        _world = new World(ProfileOf(StandardFormat.Instance) with { Consensus = new BftConsensus(s_set) }) { BlockWeight = Work.From(1) };
        _forge = new Forge(_world);
        _node = new ChainHarness(_world);
    }

    [TestCaseSource(nameof(s_faults))]
    [Covers(BlockRule.CertificateInvalid)]
    public void CopyWithABadCertificateFirst_HonestTwinAfter_HonestTwinIsAccepted(string fault)
    {
        HashedBlock block = _forge.Next(_forge.Genesis, seal: _forge.Hash);
        HashedBlock honest = Certified(block, Certificate(block, 0, [0, 1, 2]));
        HashedBlock other = _forge.Next(_forge.Genesis, miner: OtherMiner, seal: _forge.Hash);
        HashedBlock copy = Certified(block, fault switch
        {
            "none" => null,
            "garbage" => [0xc0],
            "too few" => Certificate(block, 0, [0, 1]),
            "one twice" => Certificate(block, 0, [0, 1, 1]),
            "a stranger's signature" => Certificate(block, 0, [0, 1, 2], signer: _ => OtherMiner),
            "another block's" => Certificate(other, 0, [0, 1, 2]),
            _ => Certificate(block, 0, [0, 1, 2], signedRound: 1),
        });

        Assert.That(_node.Deliver(copy).Rule, Is.EqualTo(BlockRule.CertificateInvalid));
        Assert.That(_node.Core.Tip, Is.SameAs(_forge.Genesis).Or.Property(nameof(HashedBlock.Id)).EqualTo(_forge.Genesis.Id));
        Assert.That(_node.Deliver(honest), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(honest));
    }

    private HashedBlock Certified(HashedBlock block, byte[]? certificate) => _forge.Hash(Forge.With(block.Block, certificate: certificate));

    private byte[] Certificate(HashedBlock block, int round, int[] members, Func<Address, Address>? signer = null, int? signedRound = null)
    {
        var precommit = new BftMessage(BftMessageKind.Precommit, block.Header.Height, signedRound ?? round, block.Id, -1, default, default);
        Hash256 digest = precommit.Digest(_world.ChainId);
        return BftCertificate.Write(s_set, round, members.Select(index => s_set[index].Address).Select(member => precommit with
        {
            Sender = member,
            Signature = PlainSignatures.Sign(signer?.Invoke(member) ?? member, digest),
        })).ToArray();
    }
}
