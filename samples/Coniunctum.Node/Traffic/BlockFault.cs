using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Traffic;

/// <summary>One way to break one rule with a block: an honest one, altered in one respect.</summary>
/// <param name="Rule">The rule that is broken, and under which the block must be refused.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Stage">When it is altered, and so whether a proof must be found for it.</param>
/// <param name="AppliesTo">Under which profiles a block can be wrong in this way.</param>
/// <param name="Break">Alters the plan.</param>
internal sealed record BlockFault(
    BlockRule Rule, string What, BlockFault.AlteredWhen Stage, Func<ChainProfile, bool> AppliesTo, Func<BlockPlan, BlockFaultContext, BlockPlan> Break)
{
    // PROTOCOL: a header may lie two hours ahead of the receiver's clock.
    private static readonly TimeSpan s_tooFarAhead = TimeSpan.FromHours(3);

    /// <summary>When a block is altered.</summary>
    internal enum AlteredWhen
    {
        Unknown = 0,

        /// <summary>Before its proof is sought, which covers the fault.</summary>
        BeforeProof,

        /// <summary>After its proof was found, which does not cover the fault.</summary>
        AfterProof,

        /// <summary>Any time: the rule is checked before the proof, so that even the running chain can be shown such a block.</summary>
        WithoutProof,
    }

    public static IReadOnlyList<BlockFault> All { get; } =
    [
        new(BlockRule.PreviousUnknown, "a parent that no one knows", AlteredWhen.WithoutProof, Always,
            (plan, context) => plan with { Header = plan.Header with { Previous = new BlockId(context.RandomHash()) } }),
        new(BlockRule.HeightWrong, "a height left out", AlteredWhen.WithoutProof, Always,
            (plan, _) => plan with { Header = plan.Header with { Height = plan.Header.Height + 1 } }),
        new(BlockRule.RulesetWrong, "a ruleset that is not in force", AlteredWhen.WithoutProof, HasExtendedHeader,
            (plan, _) => plan with { Header = plan.Header with { Ruleset = (ushort)(plan.Header.Ruleset + 1) } }),
        new(BlockRule.TargetWrong, "an easier target", AlteredWhen.WithoutProof, Always,
            (plan, context) => plan with { Header = plan.Header with { Target = context.EasiestTarget } }),
        new(BlockRule.ProofInvalid, "a nonce that proves nothing", AlteredWhen.WithoutProof, Always,
            (plan, context) => plan.WithNonce(context.Profile.Format, plan.Header.Target, meets: false)),
        new(BlockRule.MerkleRootMismatch, "a reward that the header does not cover", AlteredWhen.AfterProof, Always,
            (plan, context) => plan.WithReward(reward => Paid(reward, new Address(context.RandomHash()), reward.Amount))),
        new(BlockRule.Empty, "no transactions", AlteredWhen.AfterProof, Always,
            (plan, _) => plan with { Transactions = [] }),
        new(BlockRule.BlockTooLarge, "the reward so often that the block is too large", AlteredWhen.AfterProof, Always,
            (plan, context) => plan with { Transactions = [.. Enumerable.Repeat(plan.Transactions[0], context.Profile.Limits.MaxBlockTransactions)] }),
        new(BlockRule.SealInvalid, "a seal where proof-of-work has none", AlteredWhen.AfterProof, HasExtendedHeader,
            (plan, _) => plan with { Seal = new byte[1] }),
        new(BlockRule.CertificateInvalid, "a certificate where nothing is final", AlteredWhen.AfterProof, HasExtendedHeader,
            (plan, _) => plan with { Certificate = new byte[1] }),
        new(BlockRule.TimestampTooOld, "a time before the chain's", AlteredWhen.BeforeProof, HasExtendedHeader,
            (plan, context) => plan with { Header = plan.Header with { Timestamp = context.Profile.Genesis.Timestamp } }),
        new(BlockRule.TimestampTooNew, "a time far ahead", AlteredWhen.BeforeProof, HasExtendedHeader,
            (plan, context) => plan with { Header = plan.Header with { Timestamp = context.Now.Plus(s_tooFarAhead) } }),
        new(BlockRule.RewardAmountWrong, "a reward of one unit too much", AlteredWhen.BeforeProof, Always,
            (plan, _) => plan.WithReward(reward => Paid(reward, reward.Receiver, reward.Amount + 1))),
        new(BlockRule.RewardMalformed, "a reward with a signature", AlteredWhen.BeforeProof, Always,
            (plan, _) => plan.WithReward(reward => reward.WithSignature(Enumerable.Repeat((byte)1, reward.Signature.Length).ToArray()))),
        new(BlockRule.StateRootMismatch, "another state", AlteredWhen.BeforeProof, HasExtendedHeader,
            (plan, context) => plan with { Header = plan.Header with { StateRoot = context.RandomHash() } }),
        new(BlockRule.HistoryRootMismatch, "another history", AlteredWhen.BeforeProof, HasExtendedHeader,
            (plan, context) => plan with { Header = plan.Header with { HistoryRoot = context.RandomHash() } }),
        new(BlockRule.ParentInvalid, "a parent that was refused", AlteredWhen.WithoutProof, Always,
            (plan, context) => plan with { Header = plan.Header with { Previous = context.Refused, Height = plan.Header.Height + 1 } }),
    ];

    private static bool Always(ChainProfile profile) => true;

    private static bool HasExtendedHeader(ChainProfile profile) => profile.Format.Traits.HasExtendedHeader;

    private static Transaction Paid(Transaction reward, Address receiver, ulong amount) => new()
    {
        Tag = reward.Tag,
        Sender = reward.Sender,
        Receiver = receiver,
        Amount = amount,
        Signature = reward.Signature,
    };
}
