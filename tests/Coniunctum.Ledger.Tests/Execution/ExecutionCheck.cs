using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Execution;

/// <summary>Does one block on the tip and compares the verdict; a refused block leaves everything as it was.</summary>
internal static class ExecutionCheck
{
    public static void Assert(TestChain chain, HashedBlock block, Verdict expected)
    {
        NUnit.Framework.Assert.That(BlockRules.CheckBody(block, chain.Profile), Is.EqualTo(Verdict.Valid));
        StateOverlay state = chain.Overlay();
        Verdict verdict = BlockRules.Execute(block, chain.Profile, state, Work.From(1), out StateDelta? delta);
        NUnit.Framework.Assert.That(verdict, Is.EqualTo(expected));
        NUnit.Framework.Assert.That(delta is null, Is.EqualTo(!expected.IsValid));
        if (expected.IsValid) return;

        NUnit.Framework.Assert.That(Describe(state), Is.EqualTo(Describe(chain.State)));
        NUnit.Framework.Assert.That(state.Total().TouchedAddresses, Is.Empty);
        verdict = BlockRules.Execute(chain.Next(chain.Payment(Alice, Bob, 100)), chain.Profile, state, Work.From(1), out _);
        NUnit.Framework.Assert.That(verdict, Is.EqualTo(Verdict.Valid), "the next block meets no traces");
    }

    private static string Describe(IStateView state) =>
        $"{state.Height} {state.Supply} {state.StateRoot} {state.HistoryRoot} "
        + string.Join(' ', new[] { Alice, Bob, Carol, Miner }.Select(owner => $"{state.BalanceOf(owner)}/{state.LockedOf(owner)}"));
}
