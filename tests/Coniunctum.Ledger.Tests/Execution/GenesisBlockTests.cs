using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Execution;

[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class GenesisBlockTests(IBlockFormat format)
{
    [Test]
    public void Create_Allocations_AreTheState()
    {
        ChainProfile profile = ProfileOf(format) with
        {
            Genesis = new GenesisSpec { Timestamp = new Timestamp(7), Allocations = [new(Alice, 3), new(Bob, 4), new(Alice, 5)] },
        };
        var genesis = GenesisBlock.Create(profile);
        var state = new LedgerState(format.Traits, default);
        state.Apply(genesis.Delta);

        Assert.That(state.Height, Is.Zero);
        Assert.That(state.Supply, Is.EqualTo(12));
        Assert.That(state.BalanceOf(Alice), Is.EqualTo(8));
        Assert.That(state.BalanceOf(Bob), Is.EqualTo(4));
        BlockHeader header = genesis.Block.Header;
        Assert.That(header.Height, Is.Zero);
        Assert.That(header.Nonce, Is.Zero);
        Assert.That(header.Previous.Value, Is.EqualTo(profile.ComputeCommitment()));
        Assert.That(header.MerkleRoot, Is.EqualTo(genesis.Block.ComputedMerkleRoot));
        Assert.That(header.HistoryRoot, Is.EqualTo(Hash256.Zero));
        Assert.That(header.StateRoot, Is.EqualTo(state.StateRoot));
        Assert.That(header.StateRoot.IsZero, Is.EqualTo(!format.Traits.HasExtendedHeader));
        Assert.That(header.Timestamp, Is.EqualTo(format.Traits.HasExtendedHeader ? new Timestamp(7) : default));
        Assert.That(genesis.Block.Transactions, Has.Count.EqualTo(3));
        Assert.That(genesis.Block.Transactions.All(transaction => transaction.Transaction.IsFromRoot), Is.True);
    }

    [Test]
    public void Create_WithAndWithoutAllocations_RemembersTagsAndHistoryAsTheFormatDoes([Values] bool allocates)
    {
        ChainProfile profile = ProfileOf(format) with
        {
            Genesis = new GenesisSpec { Timestamp = new Timestamp(7), Allocations = allocates ? [new(Alice, 3)] : [] },
        };
        var genesis = GenesisBlock.Create(profile);
        var state = new LedgerState(format.Traits, default);
        state.Apply(genesis.Delta);

        Assert.That(state.IsTagUsed(Address.Root, default), Is.EqualTo(allocates && !format.Traits.TagsExpire));
        HistoryTree history = format.Traits.HasExtendedHeader ? HistoryTree.Empty.With(genesis.Block.Id, Work.Zero) : HistoryTree.Empty;
        Assert.That(state.HistoryRoot, Is.EqualTo(history.Root));
    }

    [Test]
    public void Create_Transactions_HaveTheIdentitiesThatTheirEncodingIsReadWith()
    {
        // They had others than after a restart, so that an index knew two of each.
        ChainProfile profile = ProfileOf(format);
        HashedBlock made = GenesisBlock.Create(profile).Block;
        Assert.That(HashedBlock.Decode(made.Encoded, format, profile.Limits, made.Id, out HashedBlock? read).IsValid, Is.True);
        Assert.That(made.Transactions, Is.Not.Empty);
        Assert.That(made.Transactions.Select(transaction => transaction.Id), Is.EqualTo(read!.Transactions.Select(transaction => transaction.Id)));
    }

    [Test]
    public void Create_AnyParameterChanged_IsAnotherChain()
    {
        ChainProfile profile = ProfileOf(format);
        ChainProfile[] others =
        [
            profile,
            profile with { RewardMaturity = 1 },
            profile with { TagWindow = 25 },
            profile with { MinimumOpeningPayment = 6 },
            profile with { AddressPrefix = "conx" },
            profile with { BlockInterval = TimeSpan.FromHours(2) },
            profile with { Subsidy = new SubsidySchedule.Constant(51) },
            profile with { Subsidy = new SubsidySchedule.Halving(50, 51) },
            profile with { Limits = new LedgerLimits { MaxSealBytes = 1_025 } },
            profile with { Genesis = profile.Genesis with { Salt = Plain.Fill(1) } },
            profile with { Genesis = profile.Genesis with { Allocations = [new(Alice, 1_000)] } },
        ];

        Assert.That(others.Select(other => GenesisBlock.Create(other).Block.Id), Is.Unique);
    }

    [Test]
    public void Create_NamesAndPortsChanged_IsTheSameChain()
    {
        ChainProfile profile = ProfileOf(format);

        Assert.That(
            GenesisBlock.Create(profile with { Name = "other", DefaultPort = 1 }).Block.Id,
            Is.EqualTo(GenesisBlock.Create(profile).Block.Id));
    }

    [Test]
    public void Create_ImpossibleProfile_Throws()
    {
        ChainProfile profile = ProfileOf(format);
        ulong max = format.Traits.MaxAmount;
        ImmutableArray<GenesisSpec.Allocation> tooMuch = format.Traits.HasFees
            ? [new(Alice, 9_223_372_036_854_775_807), new(Bob, 1)]
            : [new(Alice, 2_147_483_648)];
        ImmutableArray<GenesisSpec.Allocation> wraps = [new(Alice, max), new(Bob, max), new(Carol, max)];
        List<ChainProfile> impossible =
        [
            profile with { Subsidy = new SubsidySchedule.Constant(max + 1) },
            profile with { Subsidy = new SubsidySchedule.Halving(50, 0) },
            profile with { Genesis = profile.Genesis with { Allocations = tooMuch } },
            profile with { Genesis = profile.Genesis with { Allocations = [new(Alice, 0)] } },
            profile with { Genesis = profile.Genesis with { Allocations = [new(Address.Root, 1)] } },
            profile with { Upgrades = [new(5, 2), new(5, 3)] },
            profile with { Upgrades = [new(5, 2), new(6, 2)] },
            profile with { Limits = new LedgerLimits { MaxBlockBytes = 8_192 } },
        ];
        if (format.Traits.TagsExpire) impossible.Add(profile with { TagWindow = 23 });
        if (format.Traits.HasFees) impossible.Add(profile with { Genesis = profile.Genesis with { Allocations = wraps } });
        if (!format.Traits.HasExtendedHeader) impossible.Add(profile with { Upgrades = [new(5, 2)] });

        foreach (ChainProfile other in impossible)
            Assert.That(() => GenesisBlock.Create(other), Throws.ArgumentException);
        Assert.That(() => GenesisBlock.Create(profile with { Subsidy = new SubsidySchedule.Constant(max) }), Throws.Nothing);
    }
}
