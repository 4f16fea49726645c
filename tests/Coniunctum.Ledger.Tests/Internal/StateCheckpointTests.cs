using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Internal;

/// <summary>Under every format; the entries of applications are put in by hand.</summary>
[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class StateCheckpointTests(IBlockFormat format)
{
    [Test]
    public void TryRead_WhatWasWritten_IsTheSameState()
    {
        foreach ((int accounts, int entries) in new[] { (0, 0), (1, 0), (3, 2), (500, 60), (15_000, 900) })
        {
            LedgerState state = Draw(accounts, entries, blocks: 12);
            ReadOnlyMemory<byte>[] slices = [.. StateCheckpoint.Write(state.Snapshot())];
            Assert.That(slices.Select(slice => slice.Length), Has.All.LessThanOrEqualTo(262_144));
            CheckpointOutcome outcome = StateCheckpoint.Read(slices, format.Traits, state.StateRoot, out LedgerState? read);
            Assert.That(outcome, Is.EqualTo(new CheckpointOutcome(CheckpointFault.None, slices.Length)));
            AssertSame(read!, state);
            Assert.That(
                StateCheckpoint.Write(read!.Snapshot()).Select(slice => slice.ToArray()),
                accounts <= 3 ? Is.EqualTo(slices.Select(slice => slice.ToArray())) : Has.Exactly(slices.Length).Items);
        }
    }

    [Test]
    public void TryRead_State_GoesOnAsTheOriginalDoes()
    {
        var chain = new TestChain(TestChain.ProfileOf(format) with { RewardMaturity = 3 });
        TransactionTag tag = chain.Tag(validUntil: 9);
        for (int i = 0; i < 6; i++) chain.Adopt(chain.Next(chain.Payment(TestChain.Alice, TestChain.Bob, 5, tag: i == 2 ? tag : null)));
        Assert.That(StateCheckpoint.Read(StateCheckpoint.Write(chain.State.Snapshot()), format.Traits, chain.State.StateRoot, out LedgerState? read).IsValid, Is.True);

        for (int i = 0; i < 8; i++)
        {
            Assert.That(read!.IsTagUsed(TestChain.Alice, tag), Is.EqualTo(chain.State.IsTagUsed(TestChain.Alice, tag)));
            StateDelta delta = chain.Adopt(chain.Next(chain.Payment(TestChain.Bob, TestChain.Alice, 7)));
            read.Apply(delta);
            AssertSame(read, chain.State);
            read.Apply(delta.Reverse());
            read.Apply(delta);
            AssertSame(read, chain.State);
        }
    }

    [Test]
    public void Write_WhileTheStateMovesOn_IsTheStateOfItsTime()
    {
        LedgerState state = Draw(15_000, 300, blocks: 5);
        Hash256 root = state.StateRoot;
        StateSnapshot snapshot = state.Snapshot();
        ReadOnlyMemory<byte>[] atOnce = [.. StateCheckpoint.Write(snapshot)];
        var chain = new Mover(state, format);
        var meanwhile = new List<ReadOnlyMemory<byte>>();
        foreach (ReadOnlyMemory<byte> slice in StateCheckpoint.Write(snapshot))
        {
            meanwhile.Add(slice);

            // Forwards, and backwards below the snapshot's own block.
            if (meanwhile.Count % 2 == 1) chain.Undo(2);
            chain.Do(3);
        }

        Assert.That(meanwhile.Select(slice => slice.ToArray()), Is.EqualTo(atOnce.Select(slice => slice.ToArray())));
        Assert.That(StateCheckpoint.Read(meanwhile, format.Traits, root, out _).IsValid, Is.True);
        Assert.That(state.StateRoot, format.Traits.HasExtendedHeader ? Is.Not.EqualTo(root) : Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void TryRead_AnyBitFlipped_IsAFault()
    {
        LedgerState state = Draw(20, 6, blocks: 4);
        byte[][] slices = [.. StateCheckpoint.Write(state.Snapshot()).Select(slice => slice.ToArray())];
        var kinds = new Dictionary<CheckpointFault, int>();
        for (int slice = 0; slice < slices.Length; slice++)
        {
            // Every bit of a slice's beginning and end, one of every byte between.
            for (int bit = 0; bit < 8 * slices[slice].Length; bit += bit < 512 || bit > 8 * (slices[slice].Length - 40) ? 1 : 7)
            {
                slices[slice][bit / 8] ^= (byte)(1 << (bit % 8));
                CheckpointOutcome outcome = Read(slices, state);
                if (outcome.IsValid || outcome.Fault == CheckpointFault.Unchecked) Assert.Fail(Invariant($"slice {slice}, bit {bit}: {outcome}"));
                kinds[outcome.Fault] = kinds.GetValueOrDefault(outcome.Fault) + 1;
                slices[slice][bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        TestContext.Out.WriteLine(string.Join(", ", kinds.Select(pair => Invariant($"{pair.Value} {pair.Key}"))));
        Assert.That(Read(slices, state).IsValid, Is.True);
    }

    [Test]
    public void TryRead_SlicesCutLostDoubledOrExchanged_IsAFault()
    {
        LedgerState state = Draw(15_000, 300, blocks: 4);
        byte[][] slices = [.. StateCheckpoint.Write(state.Snapshot()).Select(slice => slice.ToArray())];
        Assert.That(slices, Has.Length.GreaterThan(5));
        for (int i = 0; i < slices.Length; i++)
        {
            Assert.That(Read(slices[..i], state), Is.EqualTo(new CheckpointOutcome(CheckpointFault.Incomplete, i)), "the end is missing");
            Assert.That(Read([.. slices[..i], .. slices[(i + 1)..]], state).Fault, Is.AnyOf(CheckpointFault.OutOfOrder, CheckpointFault.Incomplete));
            Assert.That(Read([.. slices[..(i + 1)], .. slices[i..]], state).Fault, Is.EqualTo(CheckpointFault.OutOfOrder), "twice");
            if (i > 0) Assert.That(Read([.. slices[..(i - 1)], slices[i], slices[i - 1], .. slices[(i + 1)..]], state).Fault, Is.EqualTo(CheckpointFault.OutOfOrder));
            foreach (int length in new[] { 0, 1, slices[i].Length / 2, slices[i].Length - 1 })
            {
                byte[][] cut = [.. slices[..i], slices[i][..length], .. slices[(i + 1)..]];
                Assert.That(Read(cut, state).Fault, Is.EqualTo(CheckpointFault.NoSlice));
            }

            Assert.That(Read([.. slices[..i], [.. slices[i], 0], .. slices[(i + 1)..]], state).Fault, Is.EqualTo(CheckpointFault.NoSlice));
        }

        Assert.That(Read([], state), Is.EqualTo(new CheckpointOutcome(CheckpointFault.Incomplete, 0)));
        Assert.That(Read([.. slices, slices[0]], state).Fault, Is.EqualTo(CheckpointFault.OutOfOrder));
        Assert.That(Read([new byte[300_000]], state).Fault, Is.EqualTo(CheckpointFault.NoSlice));
    }

    [Test]
    public void TryRead_OfAnotherStateOrFormat_IsAFault()
    {
        LedgerState state = Draw(30, 0, blocks: 3);
        byte[][] slices = [.. StateCheckpoint.Write(state.Snapshot()).Select(slice => slice.ToArray())];
        IBlockFormat other = Samples.Formats.First(one => one != format);

        Assert.That(
            StateCheckpoint.Read(slices.Select(slice => (ReadOnlyMemory<byte>)slice), format.Traits, Plain.Fill(1), out LedgerState? read),
            Is.EqualTo(new CheckpointOutcome(CheckpointFault.OtherState, 0)));
        Assert.That(read, Is.Null);
        Assert.That(
            StateCheckpoint.Read(slices.Select(slice => (ReadOnlyMemory<byte>)slice), other.Traits, state.StateRoot, out _),
            Is.EqualTo(new CheckpointOutcome(CheckpointFault.OtherFormat, 0)));
    }

    [Test]
    public void TryRead_ForgedSlices_AreInconsistentOrHaveAnotherRoot()
    {
        // Someone who can compute the checksum too: what blocks commit to still does not match.
        LedgerState state = Draw(30, 5, blocks: 0);
        (Address owner, ulong balance) = state.Accounts.First();
        (Address other, ulong otherBalance) = state.Accounts.Last();
        AccountChange[] moved = AccountChange.Sort([new(owner, balance, balance + 1), new(other, otherBalance, otherBalance - 1)]);
        StateTree forged = state.Tree.With(new StateDelta(state.Summary, state.Summary) { Accounts = moved }, state.Nodes.BeginDraft());
        Assert.That(Kind(forged, state.Summary), Is.EqualTo(format.Traits.HasExtendedHeader ? CheckpointFault.RootWrong : CheckpointFault.None));

        StateTree inflated = state.Tree.With(new StateDelta(state.Summary, state.Summary) { Accounts = moved[..1] }, state.Nodes.BeginDraft());
        Assert.That(Kind(inflated, state.Summary), Is.EqualTo(CheckpointFault.Inconsistent));
        Assert.That(Kind(state.Tree, state.Summary with { Supply = state.Supply + 1 }), Is.EqualTo(CheckpointFault.Inconsistent));
        PendingRewards rewards = PendingRewards.None.With(0, new PendingReward(owner, balance + 1));
        Assert.That(Kind(state.Tree, state.Summary, rewards), Is.EqualTo(CheckpointFault.Inconsistent), "more is locked than owned");

        CheckpointFault Kind(StateTree tree, StateSummary summary, PendingRewards? pending = null) => StateCheckpoint.Read(
            StateCheckpoint.Write(new StateSnapshot(format.Traits, default, summary, tree, pending ?? PendingRewards.None, [])),
            format.Traits, state.StateRoot, out _).Fault;
    }

    private CheckpointOutcome Read(byte[][] slices, LedgerState state)
    {
        CheckpointOutcome outcome = StateCheckpoint.Read(slices.Select(slice => (ReadOnlyMemory<byte>)slice), format.Traits, state.StateRoot, out LedgerState? read);
        Assert.That(read is not null, Is.EqualTo(outcome.IsValid));
        Assert.That(outcome.ToString(), Is.Not.Empty);
        return outcome;
    }

    private static void AssertSame(LedgerState read, LedgerState original)
    {
        Assert.That(read.Summary, Is.EqualTo(original.Summary));
        Assert.That(read.TagKey, Is.EqualTo(original.TagKey));
        Assert.That(read.Accounts, Is.EqualTo(original.Accounts));
        Assert.That(read.AccountCount, Is.EqualTo(original.AccountCount));
        Assert.That(read.Tree.EntryCount, Is.EqualTo(original.Tree.EntryCount));
        Assert.That(read.Tree.Root, Is.EqualTo(original.Tree.Root));
        Assert.That(read.Rewards.ByHeight, Is.EqualTo(original.Rewards.ByHeight));
        foreach (PendingReward reward in original.Rewards.ByHeight.Values)
            Assert.That(read.LockedOf(reward.Receiver), Is.EqualTo(original.LockedOf(reward.Receiver)));
        Assert.That(Tags(read), Is.EqualTo(Tags(original)));

        static IEnumerable<TagMark> Tags(LedgerState state) =>
            state.Tags.CopyNow().SelectMany(pair => Enumerable.Range(0, pair.Value.Count).Select(i => new TagMark(pair.Key, pair.Value[i])))
                .OrderBy(mark => mark.ValidUntil).ThenBy(mark => mark.Fingerprint);
    }

    /// <summary>A state with accounts from genesis, entries put in by hand, and some blocks.</summary>
    private LedgerState Draw(int accounts, int entries, int blocks)
    {
        const int seed = 0xc4ec;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var key = new TagKey(Samples.DrawBytes(random, 16));
        ChainProfile profile = TestChain.ProfileOf(format) with
        {
            RewardMaturity = 4,
            Genesis = new GenesisSpec
            {
                Timestamp = new Timestamp(1),
                Allocations = [.. Enumerable.Range(0, accounts).Select(_ => new GenesisSpec.Allocation(new Address(Samples.DrawHash(random)), (ulong)random.Next(1_000, 100_000)))],
            },
        };
        var state = new LedgerState(format.Traits, key);
        state.Apply(GenesisBlock.Create(profile, key).Delta);
        TreeDraft draft = state.Nodes.BeginDraft();
        StateTree tree = state.Tree.With(
            new StateDelta(state.Summary, state.Summary)
            {
                Entries = EntryChange.Sort(Enumerable.Range(0, entries).Select(i => new EntryChange((uint)i % 3, Samples.DrawBytes(random, 20), default, Samples.DrawBytes(random, random.Next(1, 1_000))))),
            },
            draft);
        state.Nodes.TryAdopt(draft.Now);
        state = new LedgerState(
            format.Traits, key, state.Summary with { StateRoot = format.Traits.HasExtendedHeader ? tree.Root : default }, tree, state.Nodes, state.Rewards, state.Tags);
        new Mover(state, format).Do(blocks);
        return state;
    }

    /// <summary>Moves a state to and fro with rewards and payments that no one signed.</summary>
    private sealed class Mover(LedgerState state, IBlockFormat format)
    {
        private readonly ChainProfile _profile = TestChain.ProfileOf(format) with { RewardMaturity = 4, TagWindow = 20, MinimumOpeningPayment = 1 };
        private readonly Stack<StateDelta> _done = [];
        private readonly Random _random = new(state.AccountCount);
        private readonly Address[] _owners = [.. state.Accounts.Select(account => account.Key).Take(200)];
        private ulong _salt;

        public void Do(int blocks)
        {
            for (; blocks > 0; blocks--)
            {
                var overlay = new StateOverlay(state);
                var execution = new BlockExecution(_profile, overlay);
                ulong height = execution.Height;
                if (_profile.Format.Traits.RewardAppliesFirst) Require(execution.ApplyReward(Reward(execution)));
                for (int i = 0; i < 40 && _owners.Length > 0; i++)
                {
                    execution.Apply(new Transaction
                    {
                        Tag = Tag(height + (ulong)_random.Next(4)),
                        Sender = _owners[_random.Next(_owners.Length)],
                        Receiver = _random.Next(2) == 0 ? _owners[_random.Next(_owners.Length)] : new Address(Samples.DrawHash(_random)),
                        Amount = (ulong)_random.Next(1, 1_000),
                    });
                }

                if (!_profile.Format.Traits.RewardAppliesFirst) Require(execution.ApplyReward(Reward(execution)));
                _done.Push(execution.Complete(new BlockId(Samples.DrawHash(_random)), Work.From(1)));
                state.Apply(overlay.Total());
            }
        }

        public void Undo(int blocks)
        {
            for (; blocks > 0 && _done.Count > 0; blocks--) state.Apply(_done.Pop().Reverse());
        }

        private Transaction Reward(BlockExecution execution) => new()
        {
            Tag = Tag(execution.Height),
            Sender = Address.Root,
            Receiver = new Address(Plain.Fill((byte)_random.Next(1, 4))),
            Amount = execution.RewardAmount,
        };

        private TransactionTag Tag(ulong validUntil) => new(new Hash256(Plain.Join(Plain.Be(validUntil), new byte[16], Plain.Be(++_salt))));

        private static void Require(Verdict verdict) => Assert.That(verdict, Is.EqualTo(Verdict.Valid));
    }
}
