using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>A block needs a certificate of the set in force, and is final with it.</summary>
internal sealed class BftFinality(BlockId chainId) : IFinality
{
    /// <inheritdoc/>
    public ulong FinalHeight { get; private set; }

    /// <inheritdoc/>
    public bool UsesCertificates => false;

    /// <inheritdoc/>
    public Verdict Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures) =>
        BftCertificate.Judge(certificate, header.Height, header.Id, chainId, ((BftState)parent).Current, signatures);

    /// <inheritdoc/>
    public void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate) => FinalHeight = header.Height;
}
