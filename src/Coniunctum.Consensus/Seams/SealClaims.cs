namespace Coniunctum.Consensus;

/// <summary>
/// Signatures that a header's seal, a block's certificate or a message depends on. Rules state them here instead of checking them, so
/// that they are verified in batches, a block's with its transactions.
/// </summary>
public sealed class SealClaims
{
    // Most headers claim none.
    private List<SignatureClaim>? _claims;

    /// <summary>The claims so far.</summary>
    public IReadOnlyList<SignatureClaim> Claims => _claims is null ? [] : _claims;

    /// <summary>Claims that a signature over a digest is an address's.</summary>
    /// <param name="claim">The claim.</param>
    public void Add(SignatureClaim claim) => (_claims ??= []).Add(claim);
}
