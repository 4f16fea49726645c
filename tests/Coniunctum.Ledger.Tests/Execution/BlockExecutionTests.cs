using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Execution;

public sealed class BlockExecutionTests
{
    [TestCase(0UL)]
    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(100UL)]
    public void TryApply_RewardSpent_IsAllowedFromItsHeightPlusMaturity(ulong maturity)
    {
        var chain = new TestChain(ProfileOf(StandardFormat.Instance) with { RewardMaturity = maturity });
        chain.Adopt(chain.Next());
        Assert.That(chain.State.BalanceOf(Miner), Is.EqualTo(50));
        Assert.That(chain.State.LockedOf(Miner), Is.EqualTo(maturity == 0 ? 0 : 50));

        // Later rewards go elsewhere, so that the first one stands alone.
        while (chain.NextHeight < 1 + maturity)
        {
            ExecutionCheck.Assert(
                chain,
                chain.Next(chain.Payment(Miner, Bob, 50)),
                Verdict.Invalid(BlockRule.BalanceInsufficient, found: 0UL, expected: 50UL).At(1));
            chain.Adopt(chain.Assemble([chain.Reward(receiver: Carol)]));
        }

        chain.Adopt(chain.Assemble([chain.Reward(receiver: Carol), chain.Payment(Miner, Bob, 50)]));
        Assert.That(chain.State.Height, Is.EqualTo(Math.Max(2, 1 + maturity)));
        Assert.That(chain.State.BalanceOf(Miner), Is.Zero);
        Assert.That(chain.State.LockedOf(Miner), Is.Zero);
        Assert.That(chain.State.LockedOf(Carol), Is.EqualTo(50 * maturity), "as many rewards wait as maturity counts blocks");
    }

    [Test]
    public void TryApplyReward_AfterFees_IsTheSubsidyAndThem_AndOnlyTheSubsidyIsCreated()
    {
        var chain = new TestChain(StandardFormat.Instance);
        StateOverlay state = chain.Overlay();
        ulong before = state.Supply;
        var execution = new BlockExecution(chain.Profile, state);
        Assert.That(execution.Apply(chain.Payment(Alice, Bob, 10, fee: 3)), Is.EqualTo(Verdict.Valid));
        Assert.That(execution.Apply(chain.Payment(Alice, Bob, 10, fee: 4)), Is.EqualTo(Verdict.Valid));
        Assert.That(execution.RewardAmount, Is.EqualTo(50 + 7));
        Assert.That(execution.ApplyReward(chain.Reward(fees: 14)), Is.EqualTo(Verdict.Invalid(BlockRule.RewardAmountWrong, 64, 57)));
        Assert.That(execution.ApplyReward(chain.Reward(fees: 7)), Is.EqualTo(Verdict.Valid));
        Assert.That(state.Supply - before, Is.EqualTo(50));
    }

    [Test]
    public void TryApply_MoneyBesideALockedReward_MayBeSpent()
    {
        var chain = new TestChain(ProfileOf(StandardFormat.Instance) with { RewardMaturity = 10 });
        chain.Adopt(chain.Assemble([chain.Reward(receiver: Alice)]));
        Assert.That(chain.State.BalanceOf(Alice), Is.EqualTo(1_050));

        ExecutionCheck.Assert(
            chain,
            chain.Next(chain.Payment(Alice, Bob, 1_001)),
            Verdict.Invalid(BlockRule.BalanceInsufficient, found: 1_000UL, expected: 1_001UL).At(1));
        chain.Adopt(chain.Next(chain.Payment(Alice, Bob, 1_000)));
        Assert.That(chain.State.BalanceOf(Alice), Is.EqualTo(50));
        Assert.That(chain.State.LockedOf(Alice), Is.EqualTo(50));
    }

    [Test]
    public void IsTagUsed_WhileItsTransactionCouldStillBeRepeated_IsRemembered()
    {
        var chain = new TestChain(StandardFormat.Instance);
        TransactionTag tag = chain.Tag(validUntil: 3);
        chain.Adopt(chain.Next(chain.Payment(Alice, Bob, 100, tag: tag)));

        for (ulong height = 2; height <= 3; height++)
        {
            ExecutionCheck.Assert(
                chain,
                chain.Next(chain.Payment(Alice, Bob, 100, tag: tag)),
                Verdict.Invalid(BlockRule.TagReused, found: tag.Value, expected: "a tag that the sender has not used").At(1));
            chain.Adopt(chain.Next());
            Assert.That(chain.State.IsTagUsed(Alice, tag), Is.True, $"after block {height}");
        }

        ExecutionCheck.Assert(
            chain,
            chain.Next(chain.Payment(Alice, Bob, 100, tag: tag)),
            Verdict.Invalid(BlockRule.TagOutsideWindow, found: 3UL, expected: 4UL).At(1));
        StateDelta fourth = chain.Adopt(chain.Next());
        Assert.That(chain.State.IsTagUsed(Alice, tag), Is.False, "no block may hold it any more");

        StateOverlay undone = chain.Overlay();
        undone.Apply(fourth.Reverse());
        Assert.That(undone.IsTagUsed(Alice, tag), Is.True);
        undone.Apply(fourth);
        Assert.That(undone.IsTagUsed(Alice, tag), Is.False);
    }

    [Test]
    public void IsTagUsed_Int32Coin_IsRememberedForEver()
    {
        var chain = new TestChain(Int32CoinFormat.Instance);
        TransactionTag tag = chain.Tag();
        chain.Adopt(chain.Next(chain.Payment(Alice, Bob, 100, tag: tag)));
        for (int i = 0; i < 50; i++) chain.Adopt(chain.Next());

        Assert.That(chain.State.IsTagUsed(Alice, tag), Is.True);
        Assert.That(chain.State.IsTagUsed(Bob, tag), Is.False);
    }

    [Test]
    public void Supply_AtEveryHeight_IsTheSchedules()
    {
        foreach (IBlockFormat format in Samples.Formats)
        {
            // 100, 50, 25, 12, 6, 3, 1, 0 units, three blocks each.
            var chain = new TestChain(ProfileOf(format) with { Subsidy = new SubsidySchedule.Halving(100, 3), RewardMaturity = 2 });
            ulong expected = 1_500;
            for (int i = 0; i < 30; i++)
            {
                expected += (i / 3) switch { 0 => 100UL, 1 => 50UL, 2 => 25UL, 3 => 12UL, 4 => 6UL, 5 => 3UL, 6 => 1UL, _ => 0UL };
                chain.Adopt(chain.Next(chain.Payment(Alice, Bob, 1, fee: format.Traits.HasFees ? 2UL : 0UL)));
                Assert.That(chain.State.Supply, Is.EqualTo(expected), $"height {i + 1}");
                Assert.That((UInt128)chain.State.Supply, Is.EqualTo(1_500 + chain.Profile.Subsidy.SumThrough(chain.State.Height)));
                Assert.That(chain.State.Accounts.Aggregate(0UL, (sum, account) => checked(sum + account.Value)), Is.EqualTo(expected));
            }
        }
    }

    [Test]
    public void TryApply_Int32CoinBalance_GrowsBeyond32Bits()
    {
        Address[] rich = [.. Enumerable.Range(1, 4).Select(i => new Address(Plain.Fill((byte)i)))];
        var chain = new TestChain(ProfileOf(Int32CoinFormat.Instance) with
        {
            Genesis = new GenesisSpec { Timestamp = default, Allocations = [.. rich.Select(owner => new GenesisSpec.Allocation(owner, 2_147_483_647))] },
        });
        chain.Adopt(chain.Next([.. rich.Select(owner => chain.Payment(owner, Alice, 2_147_483_647))]));

        // 4 * (2^31-1): above 2^31 and 2^32.
        Assert.That(chain.State.BalanceOf(Alice), Is.EqualTo(8_589_934_588));
        chain.Adopt(chain.Next(chain.Payment(Alice, Bob, 2_147_483_647)));
        Assert.That(chain.State.BalanceOf(Alice), Is.EqualTo(6_442_450_941));
    }

    [Test]
    public void TryApply_WholeSupplyOfOneOwner_MovesAtOnce()
    {
        var chain = new TestChain(ProfileOf(StandardFormat.Instance) with
        {
            Subsidy = SubsidySchedule.None,
            Genesis = new GenesisSpec { Timestamp = default, Allocations = [new(Alice, 9_223_372_036_854_775_807)] },
        });
        chain.Adopt(chain.Assemble([chain.Reward(fees: 1), chain.Payment(Alice, Bob, 9_223_372_036_854_775_806, fee: 1)]));

        Assert.That(chain.State.BalanceOf(Bob), Is.EqualTo(9_223_372_036_854_775_806));
        Assert.That(chain.State.BalanceOf(Miner), Is.EqualTo(1));
        Assert.That(chain.State.BalanceOf(Alice), Is.Zero);
        Assert.That(chain.State.Supply, Is.EqualTo(9_223_372_036_854_775_807));
    }

    [Test]
    public void Drop_BlockInProgress_LeavesNoTraces()
    {
        foreach (IBlockFormat format in Samples.Formats)
        {
            var chain = new TestChain(ProfileOf(format) with { RewardMaturity = 1 });
            TransactionTag tag = chain.Tag(validUntil: 1);
            chain.Adopt(chain.Next(chain.Payment(Alice, Bob, 100, tag: tag)));
            StateOverlay state = chain.Overlay();
            Hash256 root = state.StateRoot;

            // The block's beginning unlocks the reward and forgets the tag; that is undone as well.
            var execution = new BlockExecution(chain.Profile, state);
            Assert.That(state.LockedOf(Miner), Is.Zero);
            Assert.That(execution.Apply(chain.Payment(Alice, Carol, 300)), Is.EqualTo(Verdict.Valid));
            Assert.That(execution.ApplyReward(chain.Reward()), Is.EqualTo(Verdict.Valid));
            execution.Drop();

            Assert.That(state.BalanceOf(Alice), Is.EqualTo(900));
            Assert.That(state.BalanceOf(Carol), Is.Zero);
            Assert.That(state.LockedOf(Miner), Is.EqualTo(50));
            Assert.That(state.IsTagUsed(Alice, tag), Is.True);
            Assert.That(state.Supply, Is.EqualTo(1_550));
            Assert.That(state.StateRoot, Is.EqualTo(root));
            Assert.That(state.Total().TouchedAddresses, Is.Empty);
        }
    }
}
