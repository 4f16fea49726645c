using Coniunctum.Bft;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>
/// Bad copies of the blocks of a chain come before, between and after the honest ones, from many sources, in random order, while
/// signatures are being verified: every honest block is adopted, nothing unproven comes into the tree, and each copy that was taken
/// has exactly one more answer.
/// </summary>
[Category("Long")]
public sealed class CopyOrderTests
{
    private const int Length = 4;
    private const int Liars = 4;
    private const int Seed = 20261128;

    private static readonly int s_orders = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 10_000 : 1_000;

    private static readonly PeerId[] s_honest = [new(101), new(102)];

    public enum Proof
    {
        Work,
        Authority,
        Votes,
    }

    [Test]
    public void RandomOrders_OfBadAndHonestCopies_AdoptEveryHonestBlock([Values] Proof proof)
    {
        World world = proof switch
        {
            Proof.Work => new World(StandardFormat.Instance),
            Proof.Authority => UnderAuthority(),
            _ => new World(ProfileOf(StandardFormat.Instance) with { Consensus = new BftConsensus(Validators) }) { BlockWeight = Work.From(1) },
        };
        List<HashedBlock> honest = ChainOf(world, proof);
        long busy = 0, asked = 0, blamed = 0;
        for (int order = 0; order < s_orders; order++)
        {
            var run = new Run(world, honest, new Random(Seed + order), block => BadCopyOf(world, block, proof));
            run.Play();
            Assert.That(run.Tip, Is.EqualTo(honest[^1].Id), $"seed {Seed} + {order}");
            (busy, asked, blamed) = (busy + run.Busy, asked + run.AskedAgain, blamed + run.Blamed);
        }

        TestContext.Out.WriteLine(Invariant($"{proof}, seed {Seed}: {s_orders} orders, all adopted; {blamed} copies blamed, {busy} answered busy, {asked} asked for again"));
        Assert.That(blamed, Is.Positive);
        // Work proves itself when it arrives: no copy waits.
        if (proof != Proof.Work) Assert.That(Math.Min(busy, asked), Is.Positive, "orders in which an honest copy came third");
    }

    private static ValidatorSet Validators { get; } = ValidatorSet.Of(Alice, Bob, Carol, Miner);

    private static List<HashedBlock> ChainOf(World world, Proof proof)
    {
        var forge = new Forge(world);
        List<HashedBlock> chain = [];
        HashedBlock parent = forge.Genesis;
        for (int i = 0; i < Length; i++)
        {
            parent = forge.Next(parent, [world.Pay(Alice, Carol, 1)], seal: proof switch
            {
                Proof.Work => null,
                Proof.Authority => forge.SealedBy(Alice),
                _ => forge.Hash,
            });
            chain.Add(proof == Proof.Votes ? parent.WithCertificate(Certificate(world, parent, member => member), world.Profile.Format) : parent);
        }

        return chain;
    }

    private static ReadOnlyMemory<byte> Certificate(World world, HashedBlock block, Func<Address, Address> signer)
    {
        var precommit = new BftMessage(BftMessageKind.Precommit, block.Header.Height, 0, block.Id, -1, default, default);
        Hash256 digest = precommit.Digest(world.ChainId);
        return BftCertificate.Write(Validators, 0, Enumerable.Range(0, 3).Select(index => Validators[index].Address)
            .Select(member => precommit with { Sender = member, Signature = PlainSignatures.Sign(signer(member), digest) }).ToArray());
    }

    private static HashedBlock BadCopyOf(World world, HashedBlock block, Proof proof) => proof switch
    {
        Proof.Work => HashedBlock.Create(Forge.With(block.Block, transactions: [.. block.Block.Transactions, block.Block.Transactions[^1]]), world.Profile.Format, world.ChainId),
        Proof.Authority => HashedBlock.Create(Forge.With(block.Block, seal: PlainSignatures.Sign(Bob, block.Id.Value)), world.Profile.Format, world.ChainId),
        _ => block.WithCertificate(Certificate(world, block, _ => OtherMiner), world.Profile.Format),
    };

    private sealed class Run
    {
        private readonly ChainHarness _node;
        private readonly List<HashedBlock> _honest;
        private readonly Random _random;
        private readonly Func<HashedBlock, HashedBlock> _spoil;
        private readonly List<(HashedBlock Block, PeerId From)> _underWay = [];
        private readonly HashSet<(HashedBlock Block, PeerId From)> _pending = [];
        private int _read;

        public Run(World world, List<HashedBlock> honest, Random random, Func<HashedBlock, HashedBlock> spoil)
        {
            (_node, _honest, _random, _spoil) = (new ChainHarness(world), honest, random, spoil);
            foreach (HashedBlock block in honest)
            {
                _underWay.Add((block, s_honest[random.Next(s_honest.Length)]));
                for (int liar = 1; liar <= Liars; liar++)
                {
                    if (random.Next(2) == 0) _underWay.Add((spoil(block), new PeerId(liar)));
                }
            }
        }

        public BlockId Tip => _node.Core.Tip.Id;

        public int Busy { get; private set; }

        public int AskedAgain { get; private set; }

        public int Blamed { get; private set; }

        public void Play()
        {
            do
            {
                if (_underWay.Count > 0 && _random.Next(3) > 0)
                    Deliver();
                else
                    _node.AnswerOne();
                Read();
            }
            while (_underWay.Count > 0 || !_node.Core.IsSettled);

            _node.Settle();
            Read();
            Assert.That(_pending, Is.Empty, "every copy that was taken had its last answer");
        }

        private void Deliver()
        {
            int index = _random.Next(_underWay.Count);
            (HashedBlock block, PeerId from) = _underWay[index];
            _underWay.RemoveAt(index);
            _node.StepOnce(new NodeInput.BlockArrived(block, from));
        }

        private void Read()
        {
            for (; _read < _node.Log.Count; _read++)
            {
                switch (_node.Log[_read])
                {
                    case NodeEffect.BlockJudged judged:
                        if (judged.IsPending) Assert.That(_pending.Add((judged.Block, judged.From)), "one copy is taken once");
                        Take(judged.Block, judged.From, judged.Verdict, judged.Blame);
                        break;
                    case NodeEffect.BlockSettled settled:
                        Assert.That(_pending.Remove((settled.Block, settled.From)), "only what was taken is settled, and once");
                        Take(settled.Block, settled.From, settled.Verdict, settled.Blame);
                        break;
                    case NodeEffect.FetchBlock fetch:
                        AskedAgain++;
                        Answer(fetch.Missing, fetch.From);
                        break;
                    default:
                        break;
                }
            }

            foreach (HashedBlock block in _honest)
            {
                if (_node.Core.Find(block.Id) is { } found) Assert.That(found.Block, Is.SameAs(block.Block), "what is in the tree is the honest copy");
            }
        }

        private void Take(HashedBlock block, PeerId from, Verdict verdict, Blame blame)
        {
            bool isHonest = Array.IndexOf(s_honest, from) >= 0;
            if (blame != Blame.None)
            {
                Blamed++;
                Assert.That((isHonest, blame), Is.EqualTo((false, Blame.Copy)), $"{verdict}");
            }

            if (verdict.Kind == VerdictKind.Busy) Busy++;
            if (verdict.Kind != VerdictKind.MissingParent) return;
            Answer(block.Header.Previous, from);
            _underWay.Add((block, from));
        }

        /// <summary>Whoever is asked sends the block again: the honest the honest copy, liars bad ones, as often as they are asked.</summary>
        private void Answer(BlockId id, PeerId from)
        {
            HashedBlock asked = _honest.Single(block => block.Id == id);
            _underWay.Add((from.Value > Liars ? asked : _spoil(asked), from));
        }
    }
}
