using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Tests.Support;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Tests.Pool;

/// <summary>Random submissions, blocks and reorganizations, against a second pool that is written as plainly as possible.</summary>
[Category("Long")]
[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class PoolModelTests(IBlockFormat format)
{
    private const int StepsInRun = 1_000;

    [Test]
    public void RandomOperations_AgreeWithThePlainPoolAfterEachStep()
    {
        const int firstSeed = 20260401;
        int runs = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000 : 50;
        var tally = new Dictionary<string, int>();
        for (int seed = firstSeed; seed < firstSeed + runs; seed++)
        {
            var run = new Run(format, new Random(seed), tally);
            for (int step = 0; step < StepsInRun; step++)
            {
                if (run.Step() is { } difference) Assert.Fail(Invariant($"seed {seed}, step {step}: {difference}"));
            }
        }

        TestContext.Out.WriteLine(Invariant($"{runs * StepsInRun} steps, seeds {firstSeed} to {firstSeed + runs - 1}, 0 differences"));
        foreach ((string what, int count) in tally.OrderBy(entry => entry.Key, StringComparer.Ordinal)) TestContext.Out.WriteLine(Invariant($"  {what}: {count}"));
        string[] expected =
        [
            "None", "PoolFull", "SenderLimit", "Conflicting", "Waiting", "WaitingFull", "WaitedTooLong", "AlreadyKnown",
            "Outside to Ready", "Outside to Waiting", "Waiting to Ready", "Ready to Waiting", "Block to Ready", "Block to Waiting",
            .. format.Traits.TagsExpire ? ["Expired", "tip sank"] : Array.Empty<string>(), .. format.Traits.HasFees ? ["Replaced"] : Array.Empty<string>(),
        ];
        Assert.That(tally.Keys, Is.SupersetOf(expected), "every way through the pool was taken");
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly Dictionary<string, int> _tally;
        private readonly World _world;
        private readonly PoolChain _chain;
        private readonly Mempool _pool;
        private readonly PlainPool _model;
        private readonly Address[] _owners = [.. Enumerable.Range(1, 10).Select(i => World.Owner((byte)i))];
        private readonly List<Transaction> _made = [];
        private readonly List<PoolEvent> _events = [];
        private Dictionary<TransactionId, PoolStatus> _places = [];

        public Run(IBlockFormat format, Random random, Dictionary<string, int> tally)
        {
            _random = random;
            _tally = tally;
            bool isStandard = format.Traits.TagsExpire;
            _world = new World(World.ProfileOf(format) with
            {
                Genesis = new GenesisSpec
                {
                    Timestamp = isStandard ? new Timestamp(1_000_000) : default,
                    Allocations = [.. _owners.Take(6).Select(owner => new GenesisSpec.Allocation(owner, 2_000))],
                },
                RewardMaturity = isStandard ? 2UL : 0,
                MinimumOpeningPayment = 5,
            });
            int size = _world.Hash(_world.Pay(_owners[0], _owners[1], 1)).Size;
            var options = new PoolOptions
            {
                MaxBytes = size * random.Next(8, 40),
                MaxPerSender = random.Next(2, 8),
                MaxWaitingPerSender = random.Next(0, 5),
                WaitingPercent = random.Next(5, 60),
                MaxWaitBlocks = random.Next(1, 6),
                // Without it replacements often cost less than what they replace.
                RelayRate = (ulong)random.Next(2),
            };
            _chain = new PoolChain(_world);
            _pool = new Mempool(_world.Profile, options);
            _model = new PlainPool(_world.Profile, options);
        }

        /// <summary>Does something to both pools; returns in what they differ afterwards.</summary>
        public string? Step()
        {
            _events.Clear();
            List<TransactionId> confirmed = [];
            if (_random.Next(6) > 0)
            {
                HashedTransaction transaction = _world.Hash(DrawTransaction());
                bool mayWait = _random.Next(5) > 0;
                Admission ours = _pool.TryAdd(transaction, _chain.State, mayWait, PoolStatus.Outside, _events);
                Admission theirs = _model.TryAdd(transaction, _chain.State, mayWait);
                Count(ours.Rule.ToString());
                if (ours != theirs) return $"{ours} against {theirs}";
            }
            else
            {
                int undone = _random.Next(3) > 0 ? 0 : _random.Next(Math.Min(_chain.Length, 6) + 1);
                int done = Math.Max(1, _random.Next(4) > 0 ? undone + 1 : _random.Next(undone + 2));
                if (done < undone) Count("tip sank");
                IEnumerable<Transaction>[] bodies = [.. Enumerable.Range(0, done).Select(_ => DrawBody())];
                (HashedBlock[] disconnected, HashedBlock[] connected, StateDelta change) =
                    _chain.Move(undone, bodies, _owners[_random.Next(_owners.Length)]);
                _pool.Follow(disconnected, connected, change, _chain.State, _events);
                _model.Follow(disconnected, connected, _chain.State);
                confirmed.AddRange(connected.SelectMany(block => block.Transactions).Select(transaction => transaction.Id));
                foreach (HashedTransaction transaction in disconnected.SelectMany(block => block.Transactions))
                {
                    if (!transaction.Transaction.IsFromRoot && !confirmed.Contains(transaction.Id)) _places[transaction.Id] = PoolStatus.Block;
                }
            }

            return Compare() ?? CompareEvents(confirmed);
        }

        private string? Compare()
        {
            TransactionId[] ready = [.. _model.Ready.Select(transaction => transaction.Id)];
            TransactionId[] waiting = [.. _model.Waiting.Select(transaction => transaction.Id)];
            if (!_pool.InOrder.Select(entry => entry.Transaction.Id).SequenceEqual(ready)) return "other ready ones, or another order";
            if (!_pool.WaitingInOrder.Select(transaction => transaction.Id).SequenceEqual(waiting)) return "other waiting ones, or another order";
            if (_pool.Count != ready.Length || _pool.WaitingCount != waiting.Length) return "other counts";
            if (_pool.WaitingBytes != _model.Waiting.Sum(transaction => transaction.Size)) return "other waiting bytes";
            return _pool.Bytes - _pool.WaitingBytes == _model.Ready.Sum(transaction => transaction.Size) ? null : "other bytes";
        }

        /// <summary>What was told must be what has changed, each change once.</summary>
        private string? CompareEvents(List<TransactionId> confirmed)
        {
            var places = new Dictionary<TransactionId, PoolStatus>();
            foreach (HashedTransaction transaction in _model.Ready) places.Add(transaction.Id, PoolStatus.Ready);
            foreach (HashedTransaction transaction in _model.Waiting) places.Add(transaction.Id, PoolStatus.Waiting);
            var expected = new HashSet<(TransactionId, PoolStatus, PoolStatus, PoolRule, TransactionId?)>();
            foreach ((TransactionId id, PoolRule rule, TransactionId? by) in _model.Dropped)
                expected.Add((id, _places.GetValueOrDefault(id, PoolStatus.Block), PoolStatus.Outside, rule, by));
            foreach ((TransactionId id, PoolStatus place) in places)
            {
                PoolStatus before = _places.GetValueOrDefault(id, PoolStatus.Outside);
                if (before != place) expected.Add((id, before, place, place == PoolStatus.Waiting ? PoolRule.Waiting : PoolRule.None, null));
            }

            foreach (PoolEvent moved in _events)
            {
                Count(moved.To == PoolStatus.Outside ? moved.Reason.Rule.ToString() : $"{moved.From} to {moved.To}");
                if (!expected.Remove((moved.Transaction.Id, moved.From, moved.To, moved.Reason.Rule, moved.ReplacedBy))) return $"{moved} is not so";
                if (confirmed.Contains(moved.Transaction.Id)) return $"{moved} is in a block";
            }

            _places = places;
            return expected.Count == 0 ? null : $"{expected.First()} was not moved";
        }

        private void Count(string what) => _tally[what] = _tally.GetValueOrDefault(what) + 1;

        /// <summary>Some of what is in the pool, the best first, and something that never was.</summary>
        private List<Transaction> DrawBody()
        {
            var body = new List<Transaction>();
            foreach (PoolEntry entry in _pool.InOrder)
            {
                if (_random.Next(3) == 0) body.Add(entry.Body);
            }

            for (int i = _random.Next(4); i > 0; i--) body.Add(DrawTransaction());
            return body;
        }

        private Transaction DrawTransaction()
        {
            if (_made.Count > 0 && _random.Next(8) == 0) return _made[_random.Next(_made.Count)];
            Address sender = _owners[_random.Next(_owners.Length)];
            Address receiver = _owners[_random.Next(_owners.Length)];
            ulong amount = (ulong)_random.Next(1, _random.Next(4) switch { 0 => 8, 1 => 2_500, _ => 400 });
            ulong fee = _world.Profile.Format.Traits.HasFees ? (ulong)_random.Next(_random.Next(3) == 0 ? 900 : 4) : 0;
            TransactionTag? tag = null;
            if (_made.Count > 0 && _random.Next(5) == 0)
            {
                // The same tag again, most often by its owner.
                Transaction other = _made[^_random.Next(1, Math.Min(_made.Count, 30) + 1)];
                tag = other.Tag;
                if (_random.Next(8) > 0) sender = other.Sender;
            }

            ulong height = _chain.State.Height + 1;
            ulong window = _world.Profile.TagWindow;
            ulong validUntil = _random.Next(3) switch
            {
                0 => height + (ulong)_random.Next(6) - Math.Min(height, 1),
                1 => height + window + (ulong)_random.Next(9) - 2,
                _ => height + (window / 2),
            };
            Transaction transaction = _world.Pay(sender, receiver, amount, fee, tag, validUntil);
            _made.Add(transaction);
            if (_made.Count > 60) _made.RemoveAt(0);
            return transaction;
        }
    }
}
