using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Execution;

/// <summary>The rules that a single transaction must keep, cheap ones first. Rewards have rules of their own.</summary>
public static class TransactionRules
{
    /// <summary>Checks what needs neither state nor signature: sizes, amounts and who is paid.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="profile">The chain's profile.</param>
    public static Verdict CheckAlone(HashedTransaction transaction, ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(transaction);
        Transaction body = transaction.Transaction;
        FormatTraits traits = profile.Format.Traits;
        if (transaction.Size > profile.Limits.MaxTransactionBytes)
            return Verdict.Invalid(BlockRule.TransactionTooLarge, (ulong)transaction.Size, (ulong)profile.Limits.MaxTransactionBytes);
        if (body.IsFromRoot)
            return Verdict.Invalid(BlockRule.RewardMisplaced, "a transaction from root", "a sender with a key");
        if (body.Receiver == Address.Root)
            return Verdict.Invalid(BlockRule.PaidToRoot, body.Receiver.Value, "a receiver other than root");
        if (!body.Payload.IsEmpty && CheckPayload(body, profile) is { IsValid: false } payload) return payload;
        if (body.Amount == 0 && body.Payload.IsEmpty)
            return Verdict.Invalid(BlockRule.AmountOutOfRange, body.Amount, "at least 1");
        if (body.Amount > traits.MaxAmount)
            return Verdict.Invalid(BlockRule.AmountOutOfRange, body.Amount, traits.MaxAmount);
        if (body.Fee > ChainProfile.MaxSupply || (body.Fee > 0 && !traits.HasFees))
            return Verdict.Invalid(BlockRule.AmountOutOfRange, body.Fee, traits.HasFees ? ChainProfile.MaxSupply : 0UL);
        if (body.Signature.Length != profile.Signatures.SignatureSize)
            return Verdict.Invalid(BlockRule.SignatureInvalid, (ulong)body.Signature.Length, (ulong)profile.Signatures.SignatureSize);
        return Verdict.Valid;
    }

    /// <summary>
    /// Asks the application that a transaction calls whether it should be relayed and pooled. No rule of blocks: a call that an
    /// application refuses has its place in a block, and pays for it.
    /// </summary>
    /// <param name="transaction">One that <see cref="CheckAlone"/> accepted.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="state">The state at the tip.</param>
    public static CallOutcome AskAdmission(Transaction transaction, ChainProfile profile, IStateView state)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.Payload.IsEmpty) return CallOutcome.Done;
        DecodeOutcome outcome = Call.Read(transaction, out Call? call);
        if (!outcome.IsValid || profile.FindApplication(call!.Application) is not { } application)
            throw new ArgumentException("No application is called.", nameof(transaction));
        return CallGuard.Run<ApplicationView>(new AdmissionView(call.Application, state, profile.Limits), view => application.Admit(call, view));
    }

    /// <summary>Checks that the signature is the sender's (rule 6).</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="outcome">What recovering the signer concluded.</param>
    /// <param name="signer">The address that signed; meaningful when the outcome is valid.</param>
    public static Verdict CheckSigner(HashedTransaction transaction, SignatureOutcome outcome, Address signer)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (outcome != SignatureOutcome.Valid)
            return Verdict.Invalid(BlockRule.SignatureInvalid, outcome.ToString(), "a valid signature");
        return signer == transaction.Transaction.Sender
            ? Verdict.Valid
            : Verdict.Invalid(BlockRule.SignatureInvalid, signer.Value, transaction.Transaction.Sender.Value);
    }

    /// <summary>Checks a transaction against the state before it: rules 7, 8, 20 and 22.</summary>
    /// <param name="transaction">One that <see cref="CheckAlone"/> accepted.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="state">The state before the transaction.</param>
    /// <param name="height">The height of the block that would hold it.</param>
    public static Verdict CheckAgainstState(Transaction transaction, ChainProfile profile, IStateView state, ulong height)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(transaction);
        Verdict window = CheckWindow(transaction, profile, height);
        if (!window.IsValid) return window;
        if (state.IsTagUsed(transaction.Sender, transaction.Tag))
            return Verdict.Invalid(BlockRule.TagReused, transaction.Tag.Value, "a tag that the sender has not used");

        ulong spendable = state.BalanceOf(transaction.Sender) - state.LockedOf(transaction.Sender);
        ulong cost = transaction.Amount + transaction.Fee;
        if (spendable < cost) return Verdict.Invalid(BlockRule.BalanceInsufficient, spendable, cost);
        return CheckOpening(transaction, profile, state);
    }

    /// <summary>Checks that a payment to an account that owns nothing is large enough to open it (rule 22).</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="state">The state before the transaction.</param>
    public static Verdict CheckOpening(Transaction transaction, ChainProfile profile, IStateView state)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.Amount > 0 && transaction.Amount < profile.MinimumOpeningPayment && state.BalanceOf(transaction.Receiver) == 0
            ? Verdict.Invalid(BlockRule.PaymentTooSmall, transaction.Amount, profile.MinimumOpeningPayment)
            : Verdict.Valid;
    }

    private static Verdict CheckPayload(Transaction transaction, ChainProfile profile)
    {
        if (profile.Applications.IsEmpty)
            return Verdict.Invalid(BlockRule.PayloadInvalid, (ulong)transaction.Payload.Length, "an empty payload: the profile has no applications");
        if (transaction.Payload.Length > profile.Limits.MaxPayloadBytes)
            return Verdict.Invalid(BlockRule.PayloadInvalid, (ulong)transaction.Payload.Length, (ulong)profile.Limits.MaxPayloadBytes);
        DecodeOutcome outcome = Call.Read(transaction, out Call? call);
        if (!outcome.IsValid) return Verdict.Invalid(BlockRule.PayloadInvalid, outcome.ToString(), "the array [application, data]");
        return profile.FindApplication(call!.Application) is not null
            ? Verdict.Valid
            : Verdict.Invalid(BlockRule.PayloadInvalid, call.Application.Value, "the number of an application that the profile has");
    }

    /// <summary>Checks that a block of a height may hold the transaction, where tags expire (rule 20).</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="height">The height of the block.</param>
    public static Verdict CheckWindow(Transaction transaction, ChainProfile profile, ulong height)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(transaction);
        if (!profile.Format.Traits.TagsExpire) return Verdict.Valid;
        ulong validUntil = transaction.Tag.ValidUntil;
        if (validUntil < height) return Verdict.Invalid(BlockRule.TagOutsideWindow, validUntil, height);
        if (validUntil - height > profile.TagWindow)
            return Verdict.Invalid(BlockRule.TagOutsideWindow, validUntil, height + profile.TagWindow);
        return Verdict.Valid;
    }
}
