using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Ledger.Tests.State;

namespace Coniunctum.Ledger.Tests.Support;

/// <summary>
/// A stored chain of random blocks with payments, rewards that mature and applications' entries that are put in by hand, beside
/// what a naive ledger says of every height.
/// </summary>
internal sealed class StoredWorld
{
    private const int Owners = 9;

    private readonly Random _random;
    private readonly LedgerState _state;
    private readonly List<StateDelta> _deltas = [];
    private readonly List<HashedBlock> _blocks = [];
    private NaiveLedger _naive;
    private Dictionary<string, byte[]> _entries = [];
    private Work _weight = Work.Zero;
    private ulong _salt;

    public StoredWorld(IBlockFormat format, int seed)
    {
        _random = new Random(seed);
        Profile = TestChain.ProfileOf(format) with
        {
            RewardMaturity = 3,
            TagWindow = 4,
            BlockInterval = TimeSpan.FromHours(6),
            Genesis = new GenesisSpec { Timestamp = new Timestamp(7), Allocations = [.. Addresses.Take(5).Select(address => new GenesisSpec.Allocation(address, 10_000))] },
        };
        TagKey = new TagKey(Samples.DrawBytes(_random, TagKey.Size));
        var genesis = GenesisBlock.Create(Profile, TagKey);
        _state = new LedgerState(format.Traits, TagKey);
        _state.Apply(genesis.Delta);
        _naive = new NaiveLedger(Profile);
        _blocks.Add(genesis.Block);
        Past.Add((new NaiveLedger(_naive, Profile), []));
        Store.Commit(new StoreBatch
        {
            Connected = [new StoredBlock(HeadCodec.Write(genesis.Block, format, default, Work.Zero), genesis.Block.Encoded, default)],
            Records = [new StoreBatch.Record(TagKey.RecordName, TagKey.ToArray())],
        });
    }

    public static IReadOnlyList<Address> Addresses { get; } = [.. Enumerable.Range(1, Owners).Select(i => new Address(Plain.Fill((byte)i)))];

    public MemoryChainStore Store { get; } = new();

    public ChainProfile Profile { get; }

    public TagKey TagKey { get; }

    public ulong Height => _state.Height;

    /// <summary>What is so after the block of each height.</summary>
    public List<(NaiveLedger Ledger, Dictionary<string, byte[]> Entries)> Past { get; } = [];

    public BlockId IdAt(ulong height) => _blocks[(int)height].Id;

    public StoredWorld Grow(int blocks)
    {
        for (int i = 0; i < blocks; i++) AddBlock();
        return this;
    }

    /// <summary>Leaves the last blocks of the best chain; others are to take their places.</summary>
    public StoredWorld Undo(int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            _state.Apply(_deltas[^1].Reverse());
            _deltas.RemoveAt(_deltas.Count - 1);
            _blocks.RemoveAt(_blocks.Count - 1);
            Past.RemoveAt(Past.Count - 1);
        }

        _naive = new NaiveLedger(Past[^1].Ledger, Profile);
        _entries = new Dictionary<string, byte[]>(Past[^1].Entries, StringComparer.Ordinal);
        _weight = Store.FindHead(_blocks[^1].Id)!.ChainWeight;
        return this;
    }

    /// <summary>Stores a checkpoint of the tip's state.</summary>
    public StoredWorld Save()
    {
        ReadOnlyMemory<byte>[] slices = [.. StateCheckpoint.Write(_state.Snapshot())];
        for (int i = 0; i < slices.Length; i++)
            Store.Commit(new StoreBatch { Slice = new Ledger.Storage.CheckpointSlice(_blocks[^1].Id, Height, i, slices[i], i == slices.Length - 1) });
        return this;
    }

    /// <summary>Says what a state gets wrong of a height; <c>null</c> for nothing.</summary>
    public string? WrongOf(LedgerState state, ulong height)
    {
        (NaiveLedger ledger, Dictionary<string, byte[]> entries) = Past[(int)height];
        if ((state.Height, (BigInteger)state.Supply) != (height, ledger.Supply)) return $"height {state.Height}, supply {state.Supply}";
        foreach (Address address in Addresses)
        {
            if (state.BalanceOf(address) != ledger.BalanceOf(address)) return $"{address} owns {state.BalanceOf(address)}";
            if (state.LockedOf(address) != ledger.LockedOf(address, height)) return $"{address} has {state.LockedOf(address)} locked";
        }

        foreach ((Address sender, TransactionTag tag) in Past[^1].Ledger.Tags)
        {
            if (state.IsTagUsed(sender, tag) != ledger.IsTagUsed(sender, tag, height)) return $"{tag} of {sender}";
        }

        if (state.Tree.EntryCount != entries.Count) return Invariant($"{state.Tree.EntryCount} entries");
        foreach ((string name, byte[] value) in entries)
        {
            if (!state.Tree.ValueAt(StateKeys.OfApplication(1, Convert.FromHexString(name))).Span.SequenceEqual(value)) return $"entry {name}";
        }

        return null;
    }

    private void AddBlock()
    {
        IBlockFormat format = Profile.Format;
        ulong height = Height + 1;
        var execution = new BlockExecution(Profile, new StateOverlay(_state));
        NaiveLedger.Draft draft = _naive.Begin();
        var payments = new List<Transaction>();
        Transaction? reward = format.Traits.RewardAppliesFirst ? Reward() : null;
        for (int i = _random.Next(5); i > 0; i--)
        {
            var payment = new Transaction
            {
                Tag = DrawTag(height + (ulong)_random.Next(4)),
                Sender = Addresses[_random.Next(Owners)],
                Receiver = Addresses[_random.Next(Owners)],
                Amount = (ulong)_random.Next(5, 3_000),
                Signature = new byte[65],
            };
            if (execution.Apply(payment).IsValid)
            {
                Assert.That(draft.Add(payment), Is.EqualTo(BlockRule.None));
                payments.Add(payment);
            }
        }

        reward ??= Reward();
        StateDelta plain = execution.Complete(default, Work.Zero);
        EntryChange[] entries = DrawEntries();
        Hash256 root = RootWith(plain, entries);
        Transaction[] transactions = [reward, .. payments];
        BlockHeader header = BlockAssembly.HeaderOn(Profile, _blocks[^1], transactions, root, _state.HistoryRoot, milliseconds: 1);
        HashedBlock block = HashedBlock.Create(new Block { Header = header, Transactions = [.. transactions] }, format, _blocks[0].Id);
        var weight = Work.From((ulong)_random.Next(1, 100));
        Adopt(block, weight, new StateDelta(_state.Summary, plain.After with
        {
            StateRoot = root,
            History = format.Traits.HasExtendedHeader ? _state.Summary.History.With(block.Id, weight) : HistoryTree.Empty,
        })
        {
            Accounts = plain.Accounts,
            Entries = entries,
            Rewards = plain.Rewards,
            TagsForgotten = plain.TagsForgotten,
            TagsAdded = plain.TagsAdded,
        });
        draft.Complete(block.Id, 1);
        Past.Add((new NaiveLedger(_naive, Profile), new Dictionary<string, byte[]>(_entries, StringComparer.Ordinal)));

        Transaction Reward()
        {
            var one = new Transaction { Tag = DrawTag(height), Sender = Address.Root, Receiver = Addresses[_random.Next(Owners)], Amount = execution.RewardAmount, Signature = new byte[65] };
            Assert.That(execution.ApplyReward(one).IsValid && draft.AddReward(one) == BlockRule.None, Is.True);
            return one;
        }
    }

    private void Adopt(HashedBlock block, in Work weight, StateDelta delta)
    {
        _state.Apply(delta);
        _deltas.Add(delta);
        _blocks.Add(block);
        Assert.That(Work.TryAdd(_weight, weight, out _weight), Is.True);
        StoredHead head = HeadCodec.Write(block, Profile.Format, Samples.DrawBytes(_random, _random.Next(3)), _weight);
        Store.Commit(new StoreBatch { Connected = [new StoredBlock(head, block.Encoded, delta.Encode())] });
    }

    private EntryChange[] DrawEntries()
    {
        var changes = new List<EntryChange>();
        for (int i = _random.Next(3); i > 0; i--)
        {
            string name = Convert.ToHexString([(byte)_random.Next(12)]);
            if (changes.Exists(change => Convert.ToHexString(change.Key.Span) == name)) continue;
            byte[] before = _entries.GetValueOrDefault(name, []);
            byte[] after = before.Length > 0 && _random.Next(3) == 0 ? [] : Samples.DrawBytes(_random, _random.Next(1, 40));
            changes.Add(new EntryChange(1, Convert.FromHexString(name), before, after));
            if (after.Length == 0) _entries.Remove(name);
            else _entries[name] = after;
        }

        return EntryChange.Sort(changes);
    }

    private Hash256 RootWith(StateDelta plain, EntryChange[] entries)
    {
        if (!Profile.Format.Traits.HasExtendedHeader) return default;
        _state.Snapshot();
        var both = new StateDelta(_state.Summary, _state.Summary) { Accounts = plain.Accounts, Entries = entries };
        return _state.Tree.With(both, _state.Nodes.BeginDraft()).Root;
    }

    private TransactionTag DrawTag(ulong validUntil) => new(new Hash256(Plain.Join(Plain.Be(validUntil), new byte[16], Plain.Be(++_salt))));
}
