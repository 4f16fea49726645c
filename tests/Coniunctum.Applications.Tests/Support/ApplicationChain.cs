using System.Buffers.Binary;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Applications.Tests.Support;

/// <summary>A chain whose blocks are done and undone on its state by the engine's own rules; nothing is signed or stored. Accounts open with 5.</summary>
internal sealed class ApplicationChain
{
    private readonly Stack<StateDelta> _done = new();
    private ulong _salt;

    public ApplicationChain(params ILedgerApplication[] applications)
    {
        Profile = Profiles.Development with
        {
            Name = "test",
            Signatures = new PlainSignatures(),
            Genesis = new GenesisSpec { Timestamp = new Timestamp(1_000), Allocations = [.. Owners.Select(owner => new GenesisSpec.Allocation(owner, Grant))] },
            Subsidy = new SubsidySchedule.Constant(50),
            MinimumOpeningPayment = 5,
            Applications = [.. applications],
        };
        State = new LedgerState(Profile.Format.Traits, default);
        State.Apply(GenesisBlock.Create(Profile).Delta);
    }

    /// <summary>Base units of each owner at genesis.</summary>
    public const ulong Grant = 1_000_000;

    /// <summary>Own something at genesis.</summary>
    public static Address[] Owners { get; } = [.. Enumerable.Range(1, 6).Select(AddressOf)];

    public static Address Alice => Owners[0];

    public static Address Bob => Owners[1];

    public static Address Carol => Owners[2];

    /// <summary>Owns nothing at genesis.</summary>
    public static Address Stranger { get; } = AddressOf(99);

    public ChainProfile Profile { get; }

    public LedgerState State { get; }

    public static Hash256 Named(string name) => Sha3_256.Hash(System.Text.Encoding.UTF8.GetBytes(name));

    /// <summary>A call in the next block.</summary>
    public Transaction CallBy(Address sender, AppId application, byte[] data, ulong amount = 0) => new()
    {
        Tag = NextTag(),
        Sender = sender,
        Receiver = sender,
        Amount = amount,
        Payload = Call.EncodePayload(application, data),
        Signature = new byte[65],
    };

    /// <summary>Does a block; returns what was refused.</summary>
    public IReadOnlyList<FailedCall> Do(IReadOnlyList<Transaction> calls)
    {
        var overlay = new StateOverlay(State);
        var execution = new BlockExecution(Profile, overlay);
        foreach (Transaction call in calls) Assert.That(execution.Apply(call), Is.EqualTo(Verdict.Valid));
        Assert.That(execution.ApplyReward(BlockAssembly.RewardOf(execution, Owners[^1])), Is.EqualTo(Verdict.Valid));
        StateDelta delta = execution.Complete(new BlockId(Sha3_256.Hash(BitConverter.GetBytes(++_salt))), Work.From(1));
        State.Apply(delta);
        _done.Push(delta);
        return delta.FailedCalls;
    }

    /// <summary>Undoes the newest block.</summary>
    public void Undo() => State.Apply(_done.Pop().Reverse());

    /// <summary>Does a block of one call, and returns what became of it.</summary>
    public TokenVerdict Do(Address sender, AppId application, byte[] data, ulong amount = 0)
    {
        IReadOnlyList<FailedCall> failed = Do([CallBy(sender, application, data, amount)]);
        Assert.That(TokenVerdict.TryRead(failed.Count == 0 ? null : failed[0].Reason, out TokenVerdict verdict), Is.True, () => failed[0].Reason);
        return verdict;
    }

    private static Address AddressOf(int number) => new(Sha3_256.Hash([(byte)number]));

    private TransactionTag NextTag()
    {
        byte[] tag = new byte[Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(tag, State.Height + 1);
        BinaryPrimitives.WriteUInt64BigEndian(tag.AsSpan(24), ++_salt);
        return new TransactionTag(new Hash256(tag));
    }
}
