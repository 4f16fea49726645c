using Coniunctum.Ledger;

namespace Coniunctum.Authority;

/// <summary>A header's nonce: vote · 2¹⁶ + the producer's index in the sorted set of signers.</summary>
/// <param name="Signer">The index.</param>
/// <param name="Vote">The vote, which may be none that exists.</param>
internal readonly record struct Ballot(int Signer, AuthorityVote Vote)
{
    private const int VoteShift = 16;

    public ulong Nonce => ((ulong)Vote << VoteShift) | (uint)Signer;

    public static Ballot Of(BlockHeader header) => new((ushort)header.Nonce, (AuthorityVote)Math.Min(header.Nonce >> VoteShift, int.MaxValue));
}
