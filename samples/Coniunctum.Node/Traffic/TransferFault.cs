using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Node.Traffic;

/// <summary>One way to break one rule with a transfer: a valid plan, altered in one respect.</summary>
/// <param name="Rule">The rule that is broken, and under which the transfer must be refused.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="AppliesTo">Under which profiles a transfer can be wrong in this way.</param>
/// <param name="Break">Alters the plan.</param>
internal sealed record TransferFault(
    BlockRule Rule, string What, Func<ChainProfile, bool> AppliesTo, Func<TransferPlan, TransferPlanner, TransferPlan> Break)
{
    public static IReadOnlyList<TransferFault> All { get; } =
    [
        new(BlockRule.SignatureInvalid, "a bit of the signature flipped", Always,
            (plan, planner) => plan with { FlippedBit = planner.Entropy.Below(8 * planner.Profile.Signatures.SignatureSize) }),
        new(BlockRule.SignatureInvalid, "another account's signature", Always,
            (plan, planner) => plan with { Signer = planner.OtherThan(plan.Payer) }),
        new(BlockRule.BalanceInsufficient, "more than there is", Always,
            (plan, planner) => plan with { Amount = planner.MoreThanThereIs }),
        new(BlockRule.TagReused, "the tag of an earlier transfer, with another amount", Always,
            (_, planner) => planner.Earlier with { Amount = planner.Earlier.Amount + 1 }),
        new(BlockRule.RewardMisplaced, "sent from root", Always,
            (plan, _) => plan with { Sender = Address.Root }),
        new(BlockRule.PaidToRoot, "paid to root", Always,
            (plan, _) => plan with { Receiver = Address.Root }),
        new(BlockRule.AmountOutOfRange, "an amount of 0", Always,
            (plan, _) => plan with { Amount = 0 }),
        new(BlockRule.TagOutsideWindow, "expired", Has(traits => traits.TagsExpire),
            (plan, planner) => plan with { Tag = TransactionTag.Expiring(0, planner.Entropy) }),
        new(BlockRule.TagOutsideWindow, "valid for too long", Has(traits => traits.TagsExpire),
            (plan, planner) => plan with { Tag = TransactionTag.Expiring(planner.TipHeight + (2 * planner.Profile.TagWindow), planner.Entropy) }),
        new(BlockRule.PayloadInvalid, "a payload for no application", Has(traits => traits.HasFees),
            (plan, _) => plan with { Payload = new byte[4] }),
        new(BlockRule.TransactionTooLarge, "too many bytes", Has(traits => traits.HasFees),
            (plan, planner) => plan with { Payload = new byte[planner.Profile.Limits.MaxTransactionBytes] }),
        new(BlockRule.PaymentTooSmall, "too little to open an account", profile => profile.MinimumOpeningPayment > 1,
            (plan, planner) => plan with { Receiver = planner.Stranger(), Amount = planner.Profile.MinimumOpeningPayment - 1 }),
    ];

    private static bool Always(ChainProfile profile) => true;

    private static Func<ChainProfile, bool> Has(Func<FormatTraits, bool> trait) => profile => trait(profile.Format.Traits);
}
