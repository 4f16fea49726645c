using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger;

/// <summary>Makes signed transactions.</summary>
/// <example>
/// <code>
/// Transaction transfer = Transfer.Sign(key, to: friend, amount: 5, ledger.Context);
/// </code>
/// </example>
public static class Transfer
{
    /// <summary>Signs a transfer of base units. Where tags expire it is valid for half of the profile's window from the tip.</summary>
    /// <param name="key">The sender's key.</param>
    /// <param name="to">Who is paid.</param>
    /// <param name="amount">Base units; at least 1.</param>
    /// <param name="context">The chain, as <c>LedgerHost.Context</c> gives it.</param>
    /// <param name="fee">Base units for the block's producer, where the format has fees.</param>
    /// <exception cref="ArgumentException">The format cannot express the amount or the fee; the message says what it allows.</exception>
    public static Transaction Sign(PrivateKey key, Address to, ulong amount, TransferContext context, ulong fee = 0)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(key);
        FormatTraits traits = context.Profile.Format.Traits;
        if (amount == 0 || amount > traits.MaxAmount)
            throw new ArgumentOutOfRangeException(nameof(amount), amount, $"An amount is between 1 and {traits.MaxAmount} base units.");
        if (fee > (traits.HasFees ? ChainProfile.MaxSupply : 0))
            throw new ArgumentOutOfRangeException(nameof(fee), fee, traits.HasFees ? $"A fee is at most {ChainProfile.MaxSupply} base units." : "The format has no fees.");
        if (to.IsRoot) throw new ArgumentException("Nothing is paid to the root address: no one has its key.", nameof(to));

        var unsigned = new Transaction
        {
            Tag = traits.TagsExpire
                ? TransactionTag.Expiring(context.TipHeight + (context.Profile.TagWindow / 2), context.Entropy)
                : TransactionTag.Random(context.Entropy),
            Sender = context.Profile.Signatures.AddressOf(key.PublicKey),
            Receiver = to,
            Amount = amount,
            Fee = fee,
        };
        return Sign(key, unsigned, context);
    }

    /// <summary>Signs a call of an application. Where tags expire it is valid for half of the profile's window from the tip.</summary>
    /// <param name="key">The caller's key.</param>
    /// <param name="application">The application.</param>
    /// <param name="data">What it is told.</param>
    /// <param name="context">The chain, as <c>LedgerHost.Context</c> gives it.</param>
    /// <param name="fee">Base units for the block's producer.</param>
    /// <param name="amount">Base units that come with the call.</param>
    /// <param name="to">Who is paid what the application does not pay to others; by default the caller.</param>
    /// <exception cref="ArgumentException">The profile has no such application, or the format cannot express the transaction.</exception>
    public static Transaction SignCall(
        PrivateKey key, AppId application, ReadOnlySpan<byte> data, TransferContext context, ulong fee = 0, ulong amount = 0, Address? to = null)
    {
        if (context.Profile.FindApplication(application) is null)
            throw new ArgumentException($"The profile has no application {application}.", nameof(application));
        Address sender = context.Profile.Signatures.AddressOf(key.PublicKey);
        var unsigned = new Transaction
        {
            Tag = TransactionTag.Expiring(context.TipHeight + (context.Profile.TagWindow / 2), context.Entropy),
            Sender = sender,
            Receiver = to ?? sender,
            Amount = amount,
            Fee = fee,
            Payload = Call.EncodePayload(application, data),
        };
        HashedTransaction hashed = new TransactionHasher(context.Profile.Format, context.ChainId)
            .Hash(unsigned.WithSignature(new byte[context.Profile.Signatures.SignatureSize]));
        Verdict verdict = TransactionRules.CheckAlone(hashed, context.Profile);
        return verdict.IsValid ? Sign(key, unsigned, context) : throw new ArgumentException($"No block may hold the call: {verdict}.");
    }

    /// <summary>Signs a transaction as it is, whatever its fields say.</summary>
    /// <param name="key">The key; its address should be the sender's.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="context">The chain.</param>
    public static Transaction Sign(PrivateKey key, Transaction transaction, TransferContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(transaction);
        byte[] signature = new byte[context.Profile.Signatures.SignatureSize];
        TransactionId digest = context.Profile.Format.SigningDigest(transaction, context.ChainId);
        context.Profile.Signatures.Sign(key, digest.Value, signature);
        return transaction.WithSignature(signature);
    }
}
