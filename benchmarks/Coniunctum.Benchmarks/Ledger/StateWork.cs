using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>A ledger's state with many accounts, and blocks of transfers between any two of them; nothing is signed or stored.</summary>
internal sealed class StateWork
{
    private const int Seed = 4_669_201;

    private readonly Random _random = new(Seed);
    private readonly Address[] _owners;
    private ulong _tags;

    public StateWork(int accounts)
    {
        _owners = new Address[accounts];
        for (int i = 0; i < accounts; i++) _owners[i] = OwnerOf(i);
        ChainProfile full = Profiles.Development with
        {
            Genesis = new GenesisSpec
            {
                Timestamp = new Timestamp(1),
                Allocations = [.. _owners.Select(owner => new GenesisSpec.Allocation(owner, 1_000_000_000))],
            },
        };
        State = new LedgerState(full.Format.Traits, default);
        State.Apply(GenesisBlock.Create(full).Delta);
        Profile = full with { Genesis = full.Genesis with { Allocations = [] } };
    }

    public ChainProfile Profile { get; }

    public LedgerState State { get; private set; }

    /// <summary>Draws the transfers of the next block; tags end where most wallets would let them end.</summary>
    public HashedTransaction[] Draw(int count, int spread = 1)
    {
        var transfers = new HashedTransaction[count];
        for (int i = 0; i < count; i++)
        {
            byte[] tag = new byte[Hash256.Size];
            _random.NextBytes(tag);
            BinaryPrimitives.WriteUInt64BigEndian(tag, State.Height + (Profile.TagWindow / 2) + (ulong)_random.Next(spread));
            BinaryPrimitives.WriteUInt64BigEndian(tag.AsSpan(24), ++_tags);
            var transaction = new Transaction
            {
                Tag = new TransactionTag(new Hash256(tag)),
                Sender = _owners[_random.Next(_owners.Length)],
                Receiver = _owners[_random.Next(_owners.Length)],
                Amount = (ulong)_random.Next(1, 1000),
                Fee = 1,
            };
            transfers[i] = new HashedTransaction(transaction, default, default, 0);
        }

        return transfers;
    }

    /// <summary>Releases the state. Nothing can be done afterwards.</summary>
    public void LetGo() => State = new LedgerState(Profile.Format.Traits, default);

    /// <summary>Does a block, its state root included, and moves the tip to it.</summary>
    public StateDelta Do(HashedTransaction[] transfers)
    {
        var overlay = new StateOverlay(State);
        var execution = new BlockExecution(Profile, overlay);
        execution.Expect(transfers);
        foreach (HashedTransaction transfer in transfers) Require(execution.Apply(transfer.Transaction));
        Require(execution.ApplyReward(new Transaction
        {
            Tag = default,
            Sender = Address.Root,
            Receiver = _owners[0],
            Amount = execution.RewardAmount,
        }));
        StateDelta delta = execution.Complete(new BlockId(overlay.StateRoot), Work.From(1));
        State.Apply(overlay.Total());
        return delta;
    }

    private static Address OwnerOf(int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new Address(Sha3_256.Hash(bytes));
    }

    private static void Require(Verdict verdict)
    {
        if (!verdict.IsValid) throw new InvalidOperationException(verdict.ToString());
    }
}
