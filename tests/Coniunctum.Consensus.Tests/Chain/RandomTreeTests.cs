using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Tests.Support;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>Random trees of blocks, right and wrong ones, in random order, against a model that replays the best chain from genesis.</summary>
[Category("Long")]
[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class RandomTreeTests(IBlockFormat format)
{
    private const int BlocksInTree = 60;

    // Of each format, in memory and with a store: a million in all in the whole suite.
    private static readonly int s_steps = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 250_000 : 25_000;

    private static readonly Address[] Owners = [World.Alice, World.Bob, World.Carol, World.Miner, World.OtherMiner];

    [Test]
    public void RandomTrees_AgreeWithTheModelAfterEveryMove([Values] bool isInMemory)
    {
        const int firstSeed = 20260101;
        int steps = 0, restarts = 0, fromCheckpoint = 0;
        int seed = firstSeed;
        for (; steps < s_steps; seed++)
        {
            var run = new Run(format, new Random(seed), isInMemory);
            try
            {
                run.Play();
            }
            catch
            {
                TestContext.Out.WriteLine(Invariant($"seed {seed}"));
                throw;
            }

            (steps, restarts, fromCheckpoint) = (steps + run.Steps, restarts + run.Restarts, fromCheckpoint + run.FromCheckpoint);
        }

        TestContext.Out.WriteLine(Invariant($"seeds {firstSeed} to {seed - 1}: {steps} blocks done or undone in {seed - firstSeed} trees, ")
            + Invariant($"{restarts} restarts, {fromCheckpoint} of them from a checkpoint; 0 differences"));
        Assert.That(fromCheckpoint > 0, Is.EqualTo(!isInMemory));
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly World _world;
        private readonly Forge _forge;
        private readonly bool _isInMemory;
        private ChainHarness _node;
        private readonly Dictionary<BlockId, HashedBlock> _blocks = [];
        private readonly List<Transaction> _transactions = [];
        private readonly List<TransactionId> _ids = [];
        private int _seen;

        public Run(IBlockFormat format, Random random, bool isInMemory)
        {
            bool isStandard = format.Traits.TagsExpire;
            _random = random;
            _isInMemory = isInMemory;
            _world = new World(World.ProfileOf(format) with
            {
                RewardMaturity = isStandard ? 2UL : 0,
                MinimumOpeningPayment = 5,
            });
            _forge = new Forge(_world);
            var pool = new PoolOptions { MaxBytes = 4_000, MaxPerSender = 6, WaitingPercent = 30 };
            var tiny = new ChainOptions { KeptBlocks = 1 + random.Next(5), MaxRecentBytes = random.Next(3) * 1_000, CheckpointBlocks = 5 };
            _node = isInMemory ? new ChainHarness(_world, pool) : new ChainHarness(_world, pool, tiny, new MemoryChainStore());
        }

        /// <summary>How many blocks were done or undone.</summary>
        public int Steps { get; private set; }

        /// <summary>How often the node was started again.</summary>
        public int Restarts { get; private set; }

        /// <summary>How often that was from a checkpoint.</summary>
        public int FromCheckpoint { get; private set; }

        public void Play()
        {
            List<HashedBlock> waiting = GrowTree();
            while (waiting.Count > 0)
            {
                int choice = _random.Next(Math.Min(waiting.Count, 6));
                if (_random.Next(3) == 0) Submit();
                HashedBlock block = waiting[choice];
                if (_node.Deliver(block).Kind == VerdictKind.MissingParent)
                {
                    // The parent is next, also when it was here before: a branch that no one extended was dropped meanwhile.
                    HashedBlock parent = _blocks[block.Header.Previous];
                    waiting.Remove(parent);
                    waiting.Insert(0, parent);
                    continue;
                }

                waiting.RemoveAt(choice);
                Check();
                if (!_isInMemory && _random.Next(40) == 0) Restart(waiting);
            }

            ulong best = _blocks.Values.Where(block => NaiveLedger.Replay(_world.Profile, ChainOf(block)) is not null).Select(block => block.Header.Height).DefaultIfEmpty().Max();
            Assert.That(_node.Core.Tip.Header.Height, Is.EqualTo(best), "the heaviest valid chain wins");
        }

        /// <summary>Starts the node again at any block of its store, which forgets the pool and all that never was on the best chain.</summary>
        private void Restart(List<HashedBlock> waiting)
        {
            MemoryChainStore store = _node.Store!;
            bool executes = _random.Next(2) == 0;
            ChainHarness? node = _random.Next(2) == 0 ? _node.RestartAtCheckpoint(executes) : null;
            _node = node ?? _node.Restart((ulong)_random.Next((int)store.Tip!.Value.Height + 1), executes);
            _seen = 0;
            Restarts++;
            if (node is not null) FromCheckpoint++;
            waiting.AddRange(_blocks.Values.Where(block => store.FindHead(block.Id) is null && !waiting.Contains(block)));
            Check();
        }

        /// <summary>
        /// A few branches from low forks that outgrow each other again and again, so that most of the work is undoing and redoing;
        /// some hold an invalid block.
        /// </summary>
        private List<HashedBlock> GrowTree()
        {
            var tree = new List<HashedBlock> { _forge.Genesis };
            var ends = new List<HashedBlock> { _forge.Genesis };
            while (tree.Count <= BlocksInTree)
            {
                int end = _random.Next(4) == 0 ? _random.Next(ends.Count) : ends.IndexOf(ends.MinBy(block => block.Header.Height)!);
                HashedBlock parent = ends[end];
                if (_random.Next(ends.Count < 3 ? 4 : 40) == 0)
                {
                    parent = tree[_random.Next(Math.Min(tree.Count, 8))];
                    end = ends.Count;
                    ends.Add(parent);
                }

                for (int run = _random.Next(1, 4); run > 0; run--)
                {
                    parent = _forge.Next(parent, DrawPayments(parent), _random.Next(2) == 0 ? World.Miner : World.OtherMiner);
                    tree.Add(parent);
                    _blocks.Add(parent.Id, parent);
                }

                ends[end] = parent;
            }

            return tree[1..];
        }

        private List<Transaction> DrawPayments(HashedBlock parent)
        {
            NaiveLedger? model = NaiveLedger.Replay(_world.Profile, ChainOf(parent));
            bool isWild = parent.Header.Height > 2 && _random.Next(40) == 0;
            var payments = new List<Transaction>();
            var senders = new HashSet<Address>();
            for (int i = _random.Next(4); i > 0; i--)
            {
                // Some transactions stand on several branches, as they do when they were relayed.
                Transaction payment = _transactions.Count > 0 && _random.Next(3) == 0
                    ? _transactions[_random.Next(_transactions.Count)]
                    : DrawPayment(parent.Header.Height + 1);
                bool isSound = model is not null && model.IsAllowed(payment, parent.Header.Height + 1) && senders.Add(payment.Sender);
                if (isSound || isWild) payments.Add(payment);
            }

            return payments;
        }

        private Transaction DrawPayment(ulong height)
        {
            Transaction payment = _world.Pay(
                Owners[_random.Next(Owners.Length)],
                Owners[_random.Next(Owners.Length)],
                (ulong)_random.Next(1, _random.Next(4) == 0 ? 700 : 40),
                _world.Profile.Format.Traits.HasFees ? (ulong)_random.Next(5) : 0,
                validUntil: height + (ulong)_random.Next(30));
            _transactions.Add(payment);
            _ids.Add(_world.IdOf(payment));
            return payment;
        }

        private void Submit() => _node.Submit(_random.Next(2) == 0 || _transactions.Count == 0
            ? DrawPayment(_node.Core.Tip.Header.Height + 1)
            : _transactions[_random.Next(_transactions.Count)], mayWait: true);

        private void Check()
        {
            foreach (NodeEffect.TipMoved moved in _node.Log.Skip(_seen).OfType<NodeEffect.TipMoved>())
                Steps += moved.Connected.Length + moved.Disconnected.Length;
            _seen = _node.Log.Count;

            NaiveLedger? model = NaiveLedger.Replay(_world.Profile, ChainOf(_node.Core.Tip));
            if (model is null)
            {
                Assert.Fail("the best chain holds an invalid block");
                return;
            }

            var state = (LedgerState)_node.Core.State;
            foreach (Address owner in Owners)
            {
                if (state.BalanceOf(owner) != model.BalanceOf(owner)) Assert.Fail($"{owner.Value}: {state.BalanceOf(owner)}, not {model.BalanceOf(owner)}");
            }

            if (state.Supply != model.Supply || state.Supply != 1_500 + (50 * model.Height)) Assert.Fail($"supply {state.Supply}");
            CheckPool(model);
        }

        /// <summary>Each pooled transaction alone is valid in the next block, and the balance covers all of a sender's.</summary>
        private void CheckPool(NaiveLedger model)
        {
            Transaction[] pooled = [.. _transactions.Where((_, index) => _node.Core.IsPooled(_ids[index]))];
            if (pooled.Length != _node.Core.PoolCount) Assert.Fail("the pool holds what nobody made");
            foreach (IGrouping<Address, Transaction> sender in pooled.GroupBy(transaction => transaction.Sender))
            {
                // The pool counts a reward as spendable from the block after the one that unlocks it.
                ulong spendable = model.SpendableOf(sender.Key, model.Height);
                ulong sum = sender.Aggregate(0UL, (total, transaction) => total + transaction.Amount + transaction.Fee);
                if (sum > spendable) Assert.Fail($"{sender.Key.Value} owns {spendable} and spends {sum}");
                if (!sender.All(transaction => model.IsAllowed(transaction, model.Height + 1))) Assert.Fail("a pooled transaction is not valid");
                if (sender.Count() > 6) Assert.Fail("the sender's limit is passed");
            }
        }

        private List<HashedBlock> ChainOf(HashedBlock tip)
        {
            var chain = new List<HashedBlock>();
            for (HashedBlock? block = tip; block is not null; block = _blocks.GetValueOrDefault(block.Header.Previous))
            {
                if (block.Header.Height > 0) chain.Add(block);
            }

            chain.Reverse();
            return chain;
        }
    }
}
