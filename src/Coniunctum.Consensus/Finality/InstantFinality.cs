using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Finality;

/// <summary>Every adopted block is final: for rules under which only one can make blocks.</summary>
public sealed class InstantFinality : IFinality
{
    /// <inheritdoc/>
    public ulong FinalHeight { get; private set; }

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
    public void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate) => FinalHeight = header.Height;
}
