using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Tests.Support;

/// <summary>A chain of one format with a few owners, and the means to make its next block right or wrong.</summary>
internal sealed class TestChain
{
    private static readonly TagKey TagKey = new("a key of 16 bytes"u8[..16]);
    private ulong _salt;

    public TestChain(ChainProfile profile)
    {
        Profile = profile;
        State = new LedgerState(profile.Format.Traits, TagKey);
        var genesis = GenesisBlock.Create(profile, TagKey);
        State.Apply(genesis.Delta);
        Tip = genesis.Block;
        Id = genesis.Block.Id;
    }

    public TestChain(IBlockFormat format)
        : this(ProfileOf(format))
    {
    }

    /// <summary>Owns 1,000 at genesis.</summary>
    public static Address Alice { get; } = new(Plain.Fill(0xa1));

    /// <summary>Owns 500 at genesis.</summary>
    public static Address Bob { get; } = new(Plain.Fill(0xb0));

    /// <summary>Owns nothing at genesis.</summary>
    public static Address Carol { get; } = new(Plain.Fill(0xca));

    /// <summary>Is paid the rewards.</summary>
    public static Address Miner { get; } = new(Plain.Fill(0x33));

    public ChainProfile Profile { get; }

    public IBlockFormat Format => Profile.Format;

    public BlockId Id { get; }

    public LedgerState State { get; }

    public HashedBlock Tip { get; private set; }

    public ulong NextHeight => State.Height + 1;

    /// <summary>Subsidy 50, accounts open with 5, tags last 24 blocks, rewards may be spent at once.</summary>
    public static ChainProfile ProfileOf(IBlockFormat format) => new()
    {
        Name = "test",
        Format = format,
        Signatures = new FakeSignatures(),
        Consensus = new FakeConsensus(),
        Genesis = new GenesisSpec { Timestamp = new Timestamp(1_000), Allocations = [new(Alice, 1_000), new(Bob, 500)] },
        Subsidy = new SubsidySchedule.Constant(50),
        MinimumOpeningPayment = 5,
        TagWindow = 24,
        BlockInterval = TimeSpan.FromHours(1),
    };

    public StateOverlay Overlay() => new(State);

    /// <summary>A tag that was not used yet; where tags expire, valid up to a height (default: the next block's).</summary>
    public TransactionTag Tag(ulong? validUntil = null)
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, validUntil ?? NextHeight);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), ++_salt);
        return new TransactionTag(new Hash256(bytes));
    }

    public Transaction Payment(Address sender, Address receiver, ulong amount, ulong fee = 0, TransactionTag? tag = null, int payloadBytes = 0) => new()
    {
        Tag = tag ?? Tag(),
        Sender = sender,
        Receiver = receiver,
        Amount = amount,
        Fee = fee,
        Payload = new byte[payloadBytes],
        Signature = new byte[65],
    };

    /// <summary>The next block's reward, right unless something else is asked for.</summary>
    public Transaction Reward(ulong fees = 0, ulong? amount = null, Address? receiver = null, TransactionTag? tag = null, byte[]? signature = null) => new()
    {
        Tag = tag ?? Tag(),
        Sender = Address.Root,
        Receiver = receiver ?? Miner,
        Amount = amount ?? (Profile.Subsidy.At(NextHeight) + fees),
        Signature = signature ?? new byte[65],
    };

    /// <summary>The next block with its right reward in front.</summary>
    public HashedBlock Next(params Transaction[] payments) =>
        Assemble([Reward(payments.Aggregate(0UL, (sum, payment) => sum + payment.Fee)), .. payments]);

    /// <summary>The next block with any transactions. Its header is right as far as they can be done.</summary>
    public HashedBlock Assemble(ImmutableArray<Transaction> transactions, Func<BlockHeader, BlockHeader>? change = null)
    {
        Hash256 stateRoot = Format.Traits.HasExtendedHeader ? StateRootAfter(transactions) : default;
        BlockHeader header = BlockAssembly.HeaderOn(Profile, Tip, transactions, stateRoot, State.HistoryRoot, milliseconds: 1);
        return HashedBlock.Create(new Block { Header = change?.Invoke(header) ?? header, Transactions = transactions }, Format, Id);
    }

    /// <summary>Checks the block, does it and moves the tip to it.</summary>
    public StateDelta Adopt(HashedBlock block)
    {
        Assert.That(BlockRules.CheckBody(block, Profile), Is.EqualTo(Verdict.Valid));
        Assert.That(BlockRules.Execute(block, Profile, Overlay(), Work.From(1), out StateDelta? delta), Is.EqualTo(Verdict.Valid));
        State.Apply(delta!);
        Tip = block;
        return delta!;
    }

    private Hash256 StateRootAfter(ImmutableArray<Transaction> transactions)
    {
        StateOverlay state = Overlay();
        var execution = new BlockExecution(Profile, state);
        foreach (Transaction transaction in transactions.Skip(1)) execution.Apply(transaction);
        if (transactions.Length > 0) execution.ApplyReward(transactions[0]);
        execution.Complete(default, Work.Zero);
        return state.StateRoot;
    }
}
