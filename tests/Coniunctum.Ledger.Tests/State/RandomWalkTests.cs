using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using StandardFormat = Coniunctum.Ledger.Formats.StandardFormat;

namespace Coniunctum.Ledger.Tests.State;

/// <summary>
/// Blocks are done, refused, undone, redone, adopted at the tip and abandoned in random order; after every step the overlay
/// says what a naive replay of the same blocks says.
/// </summary>
public sealed class RandomWalkTests
{
    private const int Steps = 50_000;
    private const int Owners = 12;
    private const int MaxHeight = 30;

    private static readonly Address[] Addresses = [.. Enumerable.Range(1, Owners).Select(i => new Address(Plain.Fill((byte)i)))];

    private readonly List<(StateDelta Delta, NaiveLedger After)> _undone = [];
    private readonly Dictionary<BlockRule, int> _refusals = [];
    private Random _random = null!;
    private ChainProfile _profile = null!;
    private HashedBlock _genesis = null!;
    private LedgerState _tip = null!;
    private StateOverlay _state = null!;
    private NaiveLedger _naive = null!;
    private NaiveLedger _naiveTip = null!;
    private List<StateDelta> _deltas = [];
    private List<StateDelta> _tipDeltas = [];
    private List<(Address Sender, TransactionTag Tag)> _tags = [];
    private readonly List<(StateSnapshot Snapshot, NaiveLedger Then)> _snapshots = [];
    private ulong _salt;
    private int _comparedRoots;

    [TestCase(0UL, 0x57e901)]
    [TestCase(3UL, 0x57e902)]
    public void Steps_Int32Coin_EqualTheNaiveLedger(ulong maturity, int seed) =>
        Walk(Int32CoinFormat.Instance, maturity, new SubsidySchedule.Constant(50), 2_147_483_647, seed);

    [TestCase(0UL, 0x57e903)]
    [TestCase(3UL, 0x57e904)]
    public void Steps_Standard_EqualTheNaiveLedger(ulong maturity, int seed) =>
        Walk(StandardFormat.Instance, maturity, new SubsidySchedule.Halving(1_000, 7), 9_223_372_036_854_775_807 / 20, seed);

    private void Walk(IBlockFormat format, ulong maturity, SubsidySchedule subsidy, ulong allocation, int seed)
    {
        Plain.RequireSha3();
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        Start(format, maturity, subsidy, allocation, seed);
        int[] counts = new int[6];
        for (int step = 0; step < Steps; step++)
        {
            int kind = _random.Next(100) switch
            {
                < 46 when _naive.Height < MaxHeight => 0,
                < 55 when _naive.Height > 0 => 1,
                < 92 when _naive.Height > 0 => 2,
                < 97 when _undone.Count > 0 => 3,
                < 99 => 4,
                _ => 5,
            };
            counts[kind]++;
            switch (kind)
            {
                case 0 or 1 when _naive.Height < MaxHeight: DoBlock(); break;
                case 2: Undo(); break;
                case 3: Redo(); break;
                case 4: Adopt(); break;
                case 5: Abandon(); break;
            }

            Compare(step);
        }

        CompareSnapshots();
        TestContext.Out.WriteLine(Invariant($"done {counts[0] + counts[1]}, undone {counts[2]}, redone {counts[3]}, adopted {counts[4]}, abandoned {counts[5]}"));
        TestContext.Out.WriteLine($"refused {string.Join(", ", _refusals.OrderBy(pair => pair.Key).Select(pair => Invariant($"{pair.Value} {pair.Key}")))}");
        TestContext.Out.WriteLine(Invariant($"{_comparedRoots} state roots compared"));
        Assert.That(counts[1..], Has.All.GreaterThan(100), "every kind of step occurred");
        BlockRule[] expected =
        [
            BlockRule.BalanceInsufficient, BlockRule.TagReused, BlockRule.RewardAmountWrong, BlockRule.PaymentTooSmall,
            .. format.Traits.TagsExpire ? [BlockRule.TagOutsideWindow] : Array.Empty<BlockRule>(),
        ];
        Assert.That(_refusals.Keys, Is.EquivalentTo(expected));
        Assert.That(_refusals.Values, Has.All.GreaterThan(100));
    }

    private void Start(IBlockFormat format, ulong maturity, SubsidySchedule subsidy, ulong allocation, int seed)
    {
        _random = new Random(seed);
        _profile = TestChain.ProfileOf(format) with
        {
            Subsidy = subsidy,
            RewardMaturity = maturity,
            MinimumOpeningPayment = 40,
            TagWindow = 4,
            BlockInterval = TimeSpan.FromHours(6),
            Genesis = new GenesisSpec
            {
                Timestamp = new Timestamp(1),
                Allocations = [.. Addresses.Take(6).Select(address => new GenesisSpec.Allocation(address, allocation))],
            },
        };
        var tagKey = new TagKey(Samples.DrawBytes(_random, 16));
        var genesis = GenesisBlock.Create(_profile, tagKey);
        _genesis = genesis.Block;
        _tip = new LedgerState(format.Traits, tagKey);
        _tip.Apply(genesis.Delta);
        _state = new StateOverlay(_tip);
        _naive = new NaiveLedger(_profile);
        _naiveTip = new NaiveLedger(_profile);
        _deltas = [];
        _tipDeltas = [];
        _tags = [];
        _undone.Clear();
        _snapshots.Clear();
        _refusals.Clear();
        _comparedRoots = 0;
    }

    private void DoBlock()
    {
        _undone.Clear();
        var execution = new BlockExecution(_profile, _state);
        NaiveLedger.Draft draft = _naive.Begin();
        bool isSound = !_profile.Format.Traits.RewardAppliesFirst || TryReward(execution, draft);
        for (int i = _random.Next(4); isSound && i > 0; i--)
        {
            Transaction payment = DrawPayment(execution.Height);
            AssertSame(execution.Apply(payment), draft.Add(payment));
        }

        if (!_profile.Format.Traits.RewardAppliesFirst) isSound = TryReward(execution, draft);
        if (!isSound || _random.Next(50) == 0)
        {
            execution.Drop();
            return;
        }

        var id = new BlockId(Samples.DrawHash(_random));
        ulong work = (ulong)_random.NextInt64();
        _deltas.Add(execution.Complete(id, Work.From(work)));
        draft.Complete(id, work);
    }

    private bool TryReward(BlockExecution execution, NaiveLedger.Draft draft)
    {
        Assert.That((BigInteger)execution.RewardAmount, Is.EqualTo(draft.RewardAmount));
        bool isRepeated = _tags.Count > 0 && _random.Next(40) == 0;
        var reward = new Transaction
        {
            Tag = isRepeated ? _tags[_random.Next(_tags.Count)].Tag : DrawTag(execution.Height),
            Sender = Address.Root,
            Receiver = DrawAddress(),
            Amount = execution.RewardAmount + (_random.Next(40) == 0 ? 1UL : 0UL),
        };
        BlockRule rule = draft.AddReward(reward);
        AssertSame(execution.ApplyReward(reward), rule);
        Remember(Address.Root, reward.Tag);
        return rule == BlockRule.None;
    }

    private void Undo()
    {
        _undone.Add((_deltas[^1], new NaiveLedger(_naive, _profile)));
        _state.Apply(AsStored(_deltas[^1]).Reverse());
        _deltas.RemoveAt(_deltas.Count - 1);
        _naive.Undo();
    }

    private void Redo()
    {
        (StateDelta delta, NaiveLedger after) = _undone[^1];
        _undone.RemoveAt(_undone.Count - 1);
        _state.Apply(AsStored(delta));
        _deltas.Add(delta);
        _naive = after;
    }

    /// <summary>Every other time, what comes back when the delta was written and read.</summary>
    private StateDelta AsStored(StateDelta delta)
    {
        if (_random.Next(2) == 0) return delta;
        byte[] encoded = delta.Encode();
        Assert.That(StateDelta.Decode(encoded, out StateDelta? decoded).IsValid, Is.True);
        Assert.That(decoded!.Encode(), Is.EqualTo(encoded));
        return decoded;
    }

    private void Adopt()
    {
        _tip.Apply(AsStored(_state.Total()));
        _state = new StateOverlay(_tip);
        _naiveTip = new NaiveLedger(_naive, _profile);
        _tipDeltas = [.. _deltas];
        if (_random.Next(100) == 0) _snapshots.Add((_tip.Snapshot(), new NaiveLedger(_naive, _profile)));
    }

    private void Abandon()
    {
        _undone.Clear();
        _state = new StateOverlay(_tip);
        _naive = new NaiveLedger(_naiveTip, _profile);
        _deltas = [.. _tipDeltas];
    }

    private void Compare(int step)
    {
        Assert.That(_state.Height, Is.EqualTo(_naive.Height));
        if ((BigInteger)_state.Supply != _naive.Supply) Assert.Fail(Invariant($"step {step}: supply {_state.Supply}, not {_naive.Supply}"));
        foreach (Address address in Addresses)
        {
            BigInteger locked = _naive.LockedOf(address, _naive.Height);
            if (_state.BalanceOf(address) != _naive.BalanceOf(address) || _state.LockedOf(address) != locked)
            {
                Assert.Fail(Invariant($"step {step}: {address} owns {_state.BalanceOf(address)} of which {_state.LockedOf(address)} are locked, ")
                    + Invariant($"not {_naive.BalanceOf(address)} and {locked}"));
            }
        }

        for (int i = 0; i < 3 && _tags.Count > 0; i++)
        {
            // After a block the tags are known that this height could still repeat.
            (Address sender, TransactionTag tag) = _tags[_random.Next(_tags.Count)];
            bool isUsed = !(_profile.Format.Traits.TagsExpire && sender == Address.Root) && _naive.IsTagUsed(sender, tag, _naive.Height);
            if (_state.IsTagUsed(sender, tag) != isUsed) Assert.Fail(Invariant($"step {step}: {tag} of {sender} is {(isUsed ? "used" : "not used")}"));
        }

        if (step % 25 == 0) CompareRoots();
        if (step % 1_000 == 0) CompareTip();
    }

    private void CompareRoots()
    {
        _comparedRoots++;
        bool hasTrees = _profile.Format.Traits.HasExtendedHeader;
        byte[] stateRoot = hasTrees
            ? NaiveTrees.StateRoot(_naive.Balances.Select(pair => KeyValuePair.Create(pair.Key, (ulong)pair.Value)))
            : new byte[32];
        Assert.That(_state.StateRoot.ToArray(), Is.EqualTo(stateRoot));
        byte[] historyRoot = hasTrees ? NaiveTrees.HistoryRoot(_naive.History(_genesis.Id)) : new byte[32];
        Assert.That(_state.HistoryRoot.ToArray(), Is.EqualTo(historyRoot));
    }

    /// <summary>The tip is what was adopted last, whatever the overlay does.</summary>
    private void CompareTip()
    {
        Assert.That(_tip.Height, Is.EqualTo(_naiveTip.Height));
        Assert.That(
            _tip.Accounts.Select(account => (account.Key, (BigInteger)account.Value)),
            Is.EquivalentTo(_naiveTip.Balances.Where(pair => pair.Value != 0).Select(pair => (pair.Key, pair.Value))));
    }

    /// <summary>What was kept of the tip's past is what it was, also when it was written and read.</summary>
    private void CompareSnapshots()
    {
        Assert.That(_snapshots, Is.Not.Empty);
        foreach ((StateSnapshot snapshot, NaiveLedger then) in _snapshots)
        {
            CheckpointOutcome outcome = StateCheckpoint.Read(StateCheckpoint.Write(snapshot), _profile.Format.Traits, snapshot.StateRoot, out LedgerState? read);
            Assert.That(outcome.IsValid, Is.True, $"{outcome}");
            Assert.That((read!.Height, (BigInteger)read.Supply), Is.EqualTo((then.Height, then.Supply)));
            foreach (Address address in Addresses)
            {
                Assert.That((BigInteger)read.BalanceOf(address), Is.EqualTo(then.BalanceOf(address)));
                Assert.That((BigInteger)snapshot.BalanceOf(address), Is.EqualTo(then.BalanceOf(address)));
                Assert.That((BigInteger)read.LockedOf(address), Is.EqualTo(then.LockedOf(address, then.Height)));
            }

            foreach ((Address sender, TransactionTag tag) in then.Tags)
                Assert.That(read.IsTagUsed(sender, tag), Is.EqualTo(then.IsTagUsed(sender, tag, then.Height)));
        }
    }

    private void AssertSame(Verdict verdict, BlockRule rule)
    {
        if (verdict.Rule != rule || verdict.IsValid != (rule == BlockRule.None)) Assert.Fail($"{verdict}, not {rule}");
        if (rule != BlockRule.None) _refusals[rule] = _refusals.GetValueOrDefault(rule) + 1;
    }

    private Transaction DrawPayment(ulong height)
    {
        bool hasFees = _profile.Format.Traits.HasFees;
        Address sender = DrawAddress();
        ulong spendable = _state.BalanceOf(sender) - _state.LockedOf(sender);
        ulong fee = hasFees ? (ulong)_random.Next(3) : 0;

        // All that there is, a unit more, small change, or anything.
        ulong amount = _random.Next(8) switch
        {
            0 => spendable - Math.Min(spendable, fee),
            1 => spendable + 1,
            2 or 3 => (ulong)_random.Next(1, 80),
            _ => (ulong)_random.NextInt64((long)Math.Min(spendable, long.MaxValue - 1) + 1),
        };
        TransactionTag tag = DrawTag(height + (ulong)_random.Next(7) - Math.Min(height, 1));
        if (_tags.Count > 0 && _random.Next(8) == 0) (sender, tag) = _tags[^_random.Next(1, Math.Min(_tags.Count, 8) + 1)];
        if (sender == Address.Root) sender = DrawAddress();
        Remember(sender, tag);
        return new Transaction
        {
            Tag = tag,
            Sender = sender,
            Receiver = DrawAddress(),
            Amount = Math.Clamp(amount, 1, _profile.Format.Traits.MaxAmount),
            Fee = fee,
        };
    }

    private Address DrawAddress() => Addresses[_random.Next(Owners)];

    private TransactionTag DrawTag(ulong validUntil) => new(new Hash256(Plain.Join(Plain.Be(validUntil), new byte[16], Plain.Be(++_salt))));

    /// <summary>Keeps the tags of the last blocks, to repeat them and to ask for them.</summary>
    private void Remember(Address sender, TransactionTag tag)
    {
        if (_tags.Count == 60) _tags.RemoveAt(0);
        _tags.Add((sender, tag));
    }
}
