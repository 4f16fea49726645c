using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Upgrades;

/// <summary>The first rule's finality up to the height of the hand-over, the second one's above.</summary>
internal sealed class ChangedFinality(IFinality first, IFinality second, ulong height) : IFinality
{
    // Where the chain ends: what the second rule holds for final counts only while it reaches there, which a revert can end.
    private ulong _top;

    public bool UsesCertificates => first.UsesCertificates || second.UsesCertificates;

    public ulong FinalHeight => _top <= height ? first.FinalHeight : Math.Max(first.FinalHeight, second.FinalHeight);

    public Verdict Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures) =>
        At(header.Height).Judge(header, certificate, parent is ChangedState changed && changed.Height == height ? changed.Inner : parent, signatures);

    public void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate)
    {
        _top = header.Height;
        At(header.Height).Adopted(header, certificate);
    }

    private IFinality At(ulong of) => of <= height ? first : second;
}
