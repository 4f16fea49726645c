using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Finality;

/// <summary>Nothing but genesis is ever final: confirmations only make a change less likely.</summary>
public sealed class NoFinality : IFinality
{
    /// <inheritdoc/>
    public ulong FinalHeight => 0;

    /// <inheritdoc/>
    public bool UsesCertificates => false;

    /// <inheritdoc/>
    public Verdict Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(signatures);
        return certificate is null
        ? Verdict.Valid
        : Verdict.Invalid(BlockRule.CertificateInvalid, (ulong)certificate.Value.Length, "no certificate");
    }

    /// <inheritdoc/>
    public void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate)
    {
        // Nothing to learn.
    }
}
