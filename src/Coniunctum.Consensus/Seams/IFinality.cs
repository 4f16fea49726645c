using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What can no longer change. One instance a ledger.</summary>
public interface IFinality
{
    /// <summary>The height up to which the best chain is final; genesis always is.</summary>
    ulong FinalHeight { get; }

    /// <summary>
    /// Whether <see cref="Adopted"/> looks at certificates, so that a node that is started again has to read those of its last
    /// blocks.
    /// </summary>
    bool UsesCertificates { get; }

    /// <summary>Judges a certificate before its block is adopted.</summary>
    /// <param name="header">The block's header.</param>
    /// <param name="certificate">The certificate, or <c>null</c> where the block came without one.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    /// <param name="signatures">Takes the signatures that the certificate consists of; they are checked before adoption.</param>
    Verdict Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures);

    /// <summary>
    /// Learns that a block joined the best chain, or that the best chain was reverted to it: then nothing above it is final. A
    /// node that was started again tells the first block that it keeps in memory, and those above it: everything else that a rule must know of its past belongs into its <see cref="RuleState"/>.
    /// </summary>
    /// <param name="header">The block's header.</param>
    /// <param name="certificate">Its certificate, which <see cref="Judge"/> accepted, or <c>null</c>.</param>
    void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate);
}
