using System.Text;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Upgrades;

/// <summary>
/// A node that lacks an upgrade: the others' blocks have ruleset 1 from height 3 on, under the rule that both know. What stops it
/// is what PROTOCOL says, and nothing less.
/// </summary>
public sealed class UnknownRulesetTests
{
    private const ulong Height = 3;
    private const int Margin = 100;

    private static readonly Address[] s_signers = [Alice, Bob, Carol, Miner, OtherMiner];

    public static IEnumerable<TestCaseData> Rules
    {
        get
        {
            Target limit = Target.ForHashes(2);
            var spacing = TimeSpan.FromSeconds(1);
            yield return Of("constant", new ProofOfWork(limit.Value));
            yield return Of("asert2", new ProofOfWork(limit, new Asert(spacing, TimeSpan.FromHours(1))));
            yield return Of("lwma", new ProofOfWork(limit, new Lwma(spacing, 10)));
            yield return Of("bitcoin", new ProofOfWork(Target.FromNumber(System.Numerics.BigInteger.One << 255), new BitcoinRetarget(spacing, 8)));
            yield return Of("clique", new ProofOfAuthority(s_signers, spacing));
            yield return Of("authority, another's seal", new SingleAuthority(Alice));
            yield return Of("bft, no quorum", new BftConsensus(ValidatorSet.Of(s_signers)));

            static TestCaseData Of(string name, ConsensusSpec rule) => new TestCaseData(rule).SetArgDisplayNames(name);
        }
    }

    [TestCaseSource(nameof(Rules))]
    public void OneBlock_UnderEveryShippedRule_HaltsNobody(ConsensusSpec rule)
    {
        var scene = new Scene(rule);
        List<HashedBlock> known = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(known);
        // Of a rule whose blocks are all the same party's, or certified, what someone else can make.
        HashedBlock unknown = rule is SingleAuthority ? scene.Next(known[^1], Bob)
            : rule is BftConsensus ? scene.Certified(scene.Next(known[^1]), s_signers[..3])
            : scene.Next(known[^1]);
        node.Deliver(unknown);
        HashedBlock next = scene.NextKnown(known[^1]);
        Assert.That(node.Deliver(next), Is.EqualTo(Verdict.Valid));
        Assert.That(node.Core.Tip.Id, Is.EqualTo(next.Id));
        Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty);
        bool isShown = rule is not (SingleAuthority or BftConsensus);
        Assert.That(node.Core.UnknownRuleset is not null, Is.EqualTo(isShown));
        if (rule is BftConsensus or SingleAuthority) return;
        Assert.That(node.Core.UnknownRuleset!.ForkHeight, Is.EqualTo(2));

        ChainHarness again = node.Restart(Height);
        Assert.That(again.Core.HaltReason, Is.Null, "nor again after a restart");
        Assert.That(again.Core.UnknownRuleset, Is.EqualTo(node.Core.UnknownRuleset), "the warning is remembered");
        HashedBlock later = scene.NextKnown(next);
        again.Deliver(unknown);
        Assert.That(again.Deliver(later), Is.EqualTo(Verdict.Valid));
        Assert.That(again.Of<NodeEffect.Halted>(), Is.Empty);
    }

    // 7 known blocks beside it have to be outweighed too.
    [TestCase(0)]
    [TestCase(7)]
    public void Work_OfAHundredBlocksMoreThanTheKnownChain_Stops_AndOneBlockLessDoesNot(int known)
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        HashedBlock tip = shared[^1];
        for (int i = 0; i < known; i++) node.DeliverAll([tip = scene.NextKnown(tip)]);
        List<HashedBlock> unknown = scene.Unknown(shared[^1], known + Margin);
        foreach (HashedBlock block in unknown[..^1]) Assert.That(node.Deliver(block).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(node.Core.UnknownRuleset!.Stop, Is.EqualTo(UpgradeStop.None));
        Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty);

        node.Deliver(unknown[^1]);
        Assert.That(node.Core.UnknownRuleset, Is.EqualTo(new UnknownRuleset(
            1, 2, unknown[^1].Id, scene.WeightOf(known + Margin + 2), scene.WeightOf(Margin), UpgradeStop.Work)));
        Assert.That(node.Of<NodeEffect.Halted>().Single().Reason.Text, Is.EqualTo(
            "an upgrade is missing: from height 3 on the chain follows ruleset 1, which this software does not know, and outweighs the known one by the work of 100 blocks"));
        Assert.That(node.Core.HaltReason!.Code, Is.EqualTo(HaltCode.UpgradeMissing));
        Assert.That(node.Deliver(scene.NextKnown(tip)).Kind, Is.EqualTo(VerdictKind.Unchecked), "nothing is taken any more");
    }

    [Test]
    public void Stop_IsRememberedOverRestarts_UntilTheUpgradeIsThereOrTheOperatorStays()
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        foreach (HashedBlock block in scene.Unknown(shared[^1], Margin)) node.Deliver(block);
        Assert.That(node.Of<NodeEffect.Halted>(), Has.Exactly(1).Items);

        ChainHarness again = node.Restart(2);
        Assert.That(again.Core.HaltReason, Is.EqualTo(node.Core.HaltReason));
        HashedBlock own = scene.NextKnown(shared[^1]);
        Assert.That(again.Deliver(own).Kind, Is.EqualTo(VerdictKind.Unchecked));

        ChainHarness stays = scene.Node(node.Store, new ChainOptions { IgnoresUpgrades = true });
        foreach (HashedBlock block in shared) stays.Core.ReplayByExecution(block);
        Assert.That((stays.Core.HaltReason, stays.Core.UnknownRuleset), Is.EqualTo(((HaltReason?)null, (UnknownRuleset?)null)));
        Assert.That(stays.Deliver(own), Is.EqualTo(Verdict.Valid));
        Assert.That(stays.Deliver(scene.Next(shared[^1])), Is.EqualTo(Verdict.Invalid(BlockRule.RulesetWrong, 1UL, 0UL)));

        ChainHarness upgraded = scene.Node(node.Store, upgraded: true);
        foreach (HashedBlock block in shared) upgraded.Core.ReplayByExecution(block);
        Assert.That((upgraded.Core.HaltReason, upgraded.Core.UnknownRuleset), Is.EqualTo(((HaltReason?)null, (UnknownRuleset?)null)));
    }

    [Test]
    public void Stop_WhoseRecordIsNotDurableYet_IsNotTold()
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        List<HashedBlock> unknown = scene.Unknown(shared[^1], Margin);
        foreach (HashedBlock block in unknown[..^1]) node.Deliver(block);
        node.StepOnce(new NodeInput.BlockArrived(unknown[^1]));
        Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty);
        node.Settle();
        Assert.That(node.Of<NodeEffect.Halted>(), Has.Exactly(1).Items);
    }

    // More than half: of five three, of four three, of two both, and of one that one.
    [TestCase(5, 3)]
    [TestCase(4, 3)]
    [TestCase(3, 2)]
    [TestCase(2, 2)]
    [TestCase(1, 1)]
    public void Signers_MoreThanHalf_Stop_AndOneLessDoesNot(int signers, int needed)
    {
        var scene = new Scene(new ProofOfAuthority(s_signers[..signers], TimeSpan.FromSeconds(1)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        HashedBlock tip = shared[^1];
        for (int i = 1; i <= needed; i++)
        {
            Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty, $"{i - 1} of {signers}");
            tip = scene.Next(tip);
            Assert.That(node.Deliver(tip).Kind, Is.EqualTo(VerdictKind.Refused));
        }

        Assert.That(node.Core.UnknownRuleset!.Stop, Is.EqualTo(UpgradeStop.Signers));
        Assert.That(node.Of<NodeEffect.Halted>().Single().Reason.Text, Does.EndWith("has the seals of more than half of the signers"));
    }

    [Test]
    public void Authority_ThatSealsAnUnknownRuleset_Stops_SinceNobodyElseMakesBlocks()
    {
        var scene = new Scene(new SingleAuthority(Alice));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        node.Deliver(scene.Next(shared[^1], Alice));
        Assert.That(node.Core.UnknownRuleset!.Stop, Is.EqualTo(UpgradeStop.Signers));
        Assert.That(node.Of<NodeEffect.Halted>(), Has.Exactly(1).Items);
    }

    [Test]
    public void Certificate_OfTheValidatorsInForce_Stops_AndOneVoteLessDoesNot()
    {
        var scene = new Scene(new BftConsensus(ValidatorSet.Of(s_signers)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        HashedBlock bare = scene.Next(shared[^1]);
        Assert.That(node.Deliver(bare).Rule, Is.EqualTo(BlockRule.CertificateInvalid));
        Assert.That(node.Deliver(scene.Certified(bare, s_signers[..3])).Rule, Is.EqualTo(BlockRule.CertificateInvalid), "three of five");
        Assert.That(node.Deliver(scene.Certified(bare, s_signers[..4], misSigned: true)).Rule, Is.EqualTo(BlockRule.CertificateInvalid), "four, one of them another's");
        Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty);
        Assert.That(node.Core.UnknownRuleset, Is.Null);
        Assert.That(node.Deliver(scene.Certified(bare, s_signers[..4])).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(node.Core.UnknownRuleset!.Stop, Is.EqualTo(UpgradeStop.Certificate));
        Assert.That(node.Of<NodeEffect.Halted>().Single().Reason.Text, Does.EndWith("has a certificate of the validators"));
    }

    [Test]
    public void Block_WithAWrongBodyOrHeader_IsRefused_AndCountsForNothing()
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        HashedBlock honest = scene.Next(shared[^1]);
        Assert.That(node.Deliver(scene.Forge.Hash(Forge.With(honest.Block, transactions: [scene.Reward(shared[^1])]))).Rule, Is.EqualTo(BlockRule.MerkleRootMismatch));
        Assert.That(node.Deliver(scene.Next(shared[^1], change: header => header with { MerkleRoot = Sha3_256.Hash("another"u8) })).Rule, Is.EqualTo(BlockRule.MerkleRootMismatch));
        HashedBlock large = scene.Forge.Next(shared[^1], transactions: [.. Enumerable.Range(0, 40).Select(_ => scene.World.Pay(Alice, Bob, 1))], change: header => header with { Ruleset = 1 });
        Assert.That(node.Deliver(large).Rule, Is.EqualTo(BlockRule.BlockTooLarge));
        Assert.That(node.Deliver(scene.Unproven(shared[^1])).Rule, Is.EqualTo(BlockRule.ProofInvalid));
        Assert.That(node.Deliver(scene.Next(shared[^1], change: header => header with { Height = 9 })).Rule, Is.EqualTo(BlockRule.HeightWrong));
        Assert.That(node.Core.UnknownRuleset, Is.Null);

        // Another copy of the same identity may be whole.
        Assert.That(node.Deliver(honest).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(node.Core.UnknownRuleset!.Tip, Is.EqualTo(honest.Id));
        Assert.That(node.Deliver(scene.Forge.Next(honest, change: header => header with { Ruleset = 0 })).Rule, Is.EqualTo(BlockRule.RulesetWrong), "rulesets only rise");
    }

    [Test]
    public void Block_WithAWrongStateRoot_HaltsNobody()
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        // What an unknown ruleset does to the state cannot be judged: the block weighs, and warns.
        HashedBlock wrong = scene.Next(shared[^1], change: header => header with { StateRoot = Sha3_256.Hash("another"u8) });
        Assert.That(node.Deliver(wrong).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(node.Of<NodeEffect.Halted>(), Is.Empty);
        Assert.That(node.Deliver(scene.NextKnown(shared[^1])), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void Warning_LapsesWhenTheKnownChainHasOutweighedTheOtherByAsMuch()
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        node.Deliver(scene.Next(shared[^1]));
        HashedBlock tip = shared[^1];
        for (int i = 0; i <= Margin; i++)
        {
            Assert.That(node.Core.UnknownRuleset, Is.Not.Null, $"{i} blocks on");
            node.DeliverAll([tip = scene.NextKnown(tip)]);
        }

        Assert.That(node.Core.UnknownRuleset, Is.Null);
        Assert.That(node.Of<NodeEffect.UnknownRulesetNoted>().Last().Noted, Is.Null);
        Assert.That(node.Restart(Height).Core.UnknownRuleset, Is.Null, "that is remembered too");
    }

    [Test]
    public void Chain_ThatBuildsOnASideBlock_WarnsFromWhereThatBranchesOff_AndStops()
    {
        var scene = new Scene(new ProofOfWork(ProofOfWork.TargetFor(2)));
        List<HashedBlock> shared = scene.Known(2);
        ChainHarness node = scene.Node();
        node.DeliverAll(shared);
        HashedBlock side = scene.Forge.Next(shared[0], miner: OtherMiner);
        node.DeliverAll([side]);
        Assert.That(node.Core.Tip, Is.SameAs(shared[1]));
        List<HashedBlock> unknown = scene.Unknown(side, Margin);
        foreach (HashedBlock block in unknown[..^1]) Assert.That(node.Deliver(block).Kind, Is.EqualTo(VerdictKind.Refused));
        Assert.That(node.Core.UnknownRuleset, Is.EqualTo(new UnknownRuleset(1, 1, unknown[^2].Id, scene.WeightOf(Margin + 1), scene.WeightOf(Margin), UpgradeStop.None)));
        node.Deliver(unknown[^1]);
        Assert.That(node.Core.UnknownRuleset.Stop, Is.EqualTo(UpgradeStop.Work));
    }

    [Test]
    public void Record_OfBytesThatNobodyWrote_IsDamage()
    {
        var noted = new UnknownRuleset(ushort.MaxValue, ulong.MaxValue, new BlockId(Sha3_256.Hash("tip"u8)), Work.Max, Work.From(7), UpgradeStop.Certificate);
        Assert.That(UnknownRuleset.Read(noted.Encode()), Is.EqualTo(noted));
        Assert.That(UnknownRuleset.Read(default), Is.Null);
        Assert.That(() => UnknownRuleset.Read(noted.Encode()[1..]), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => UnknownRuleset.Read(Encoding.ASCII.GetBytes("nothing")), Throws.TypeOf<InvalidDataException>());
    }

    /// <summary>One chain as those see it who have the upgrade, and as those do who lack it.</summary>
    private sealed class Scene
    {
        private readonly ConsensusSpec _rule;
        private readonly ChainProfile _lacking;

        public Scene(ConsensusSpec rule)
        {
            _rule = rule;
            _lacking = ProfileOf(StandardFormat.Instance) with { Consensus = rule, Limits = new LedgerLimits { MaxBlockBytes = 4_000, MaxTransactionBytes = 1_000, MaxPayloadBytes = 100 } };
            World = new World(_lacking with { Upgrades = [new(Height, 1)] }) { WeightAt = WeightAt };
            Forge = new Forge(World);
        }

        public World World { get; }

        public Forge Forge { get; }

        public ChainHarness Node(MemoryChainStore? store = null, ChainOptions? options = null, bool upgraded = false) =>
            new(upgraded ? World : new World(_lacking), limits: options, store: store ?? new MemoryChainStore());

        public Work WeightOf(int blocks)
        {
            Work sum = Work.Zero;
            for (int i = 0; i < blocks; i++) Work.TryAdd(sum, World.BlockWeight, out sum);
            return sum;
        }

        /// <summary>The first blocks, below the upgrade.</summary>
        public List<HashedBlock> Known(int count)
        {
            var blocks = new List<HashedBlock>();
            HashedBlock tip = Forge.Genesis;
            for (int i = 0; i < count; i++) blocks.Add(tip = NextKnown(tip));
            return blocks;
        }

        /// <summary>A block of the known ruleset.</summary>
        public HashedBlock NextKnown(HashedBlock parent)
        {
            HashedBlock block = Make(parent, null, header => header with { Ruleset = 0 });
            return _rule is BftConsensus ? Certified(block, s_signers[..4]) : block;
        }

        /// <summary>A block of the unknown ruleset, not certified; sealed by whose turn it is, unless someone else is named.</summary>
        public HashedBlock Next(HashedBlock parent, Address? signer = null, Func<BlockHeader, BlockHeader>? change = null) =>
            Make(parent, signer, header => (change?.Invoke(header) ?? header) with { Ruleset = 1 });

        public List<HashedBlock> Unknown(HashedBlock parent, int count)
        {
            var blocks = new List<HashedBlock>();
            for (int i = 0; i < count; i++) blocks.Add(parent = Next(parent));
            return blocks;
        }

        public HashedBlock Unproven(HashedBlock parent) => Forge.Next(parent, change: header => header with { Ruleset = 1 }, seal: block =>
        {
            BlockHeader header = block.Header;
            while (World.Profile.Format.Digest(header) < header.Target) header = header with { Nonce = header.Nonce + 1 };
            return Forge.Hash(Forge.With(block, header));
        });

        public Transaction Reward(HashedBlock parent) => Forge.Next(parent, miner: Carol).Transactions[0].Transaction;

        public HashedBlock Certified(HashedBlock block, IEnumerable<Address> voters, bool misSigned = false)
        {
            ValidatorSet validators = ((BftConsensus)_rule).Validators;
            Hash256 digest = new BftMessage(BftMessageKind.Precommit, block.Header.Height, 0, block.Id, -1, default, default).Digest(World.ChainId);
            IEnumerable<BftMessage> votes = voters.Select((voter, index) => new BftMessage(
                BftMessageKind.Precommit, block.Header.Height, 0, block.Id, -1, voter, PlainSignatures.Sign(misSigned && index == 0 ? Miner : voter, digest)));
            return block.WithCertificate(BftCertificate.Write(validators, 0, votes), World.Profile.Format);
        }

        private Work WeightAt(ulong height) => _rule switch
        {
            // In turn.
            ProofOfAuthority or SingleAuthority => Work.From(2),
            BftConsensus => Work.From(1),
            // No target moves within the few blocks that are made here.
            _ => World.BlockWeight,
        };

        private HashedBlock Make(HashedBlock parent, Address? signer, Func<BlockHeader, BlockHeader> change)
        {
            switch (_rule)
            {
                case ProofOfAuthority clique:
                    int turn = (int)((parent.Header.Height + 1) % (ulong)clique.Signers.Count);
                    return Forge.Next(parent, change: header => change(header) with { Nonce = (ulong)turn }, seal: Forge.SealedBy(clique.Signers[turn]));
                case SingleAuthority:
                    return Forge.Next(parent, change: change, seal: Forge.SealedBy(signer ?? Alice));
                case BftConsensus:
                    return Forge.Next(parent, change: change, seal: Forge.Hash);
                default:
                    return Forge.Next(parent, change: change);
            }
        }
    }
}
