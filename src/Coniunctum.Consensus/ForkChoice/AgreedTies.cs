using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// Lets all nodes decide ties alike, by the blocks' identities. Where nobody may extend a branch that it made itself, as under
/// a recency limit, nodes that each keep to the branch they saw first can wait for each other for ever (EIP-3436).
/// </summary>
/// <param name="inner">Decides everything else.</param>
/// <param name="from">The lowest height at which ties are decided so.</param>
internal sealed class AgreedTies(IForkChoice inner, ulong from = 0) : IForkChoice
{
    public BlockId Head => inner.Head;

    public void Anchor(in ForkChoiceBlock block) => inner.Anchor(WithLot(block));

    public void Add(in ForkChoiceBlock block) => inner.Add(WithLot(block));

    public void Remove(BlockId block) => inner.Remove(block);

    public void Detach(BlockId block) => inner.Detach(block);

    /// <summary>The smallest identity wins.</summary>
    private ForkChoiceBlock WithLot(in ForkChoiceBlock block)
    {
        Hash256 id = block.Id.Value;
        return block.Height < from ? block : block with { Precedence = ~BinaryPrimitives.ReadUInt64BigEndian(id.AsSpan()) };
    }
}
