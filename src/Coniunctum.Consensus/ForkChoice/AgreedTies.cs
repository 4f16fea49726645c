using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// Lets all nodes decide ties alike, by the blocks' identities. Where no one may extend a branch that it made itself, as under
/// a recency limit, nodes that each keep to the branch they saw first can wait for each other for ever (EIP-3436).
/// </summary>
/// <param name="inner">Decides everything else.</param>
/// <param name="from">The lowest height at which ties are decided so.</param>
public sealed class AgreedTies(IForkChoice inner, ulong from = 0) : IForkChoice
{
    private readonly IForkChoice _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public BlockId Head => _inner.Head;

    /// <inheritdoc/>
    public void Anchor(in ForkChoiceBlock block) => _inner.Anchor(WithLot(block));

    /// <inheritdoc/>
    public void Add(in ForkChoiceBlock block) => _inner.Add(WithLot(block));

    /// <inheritdoc/>
    public bool CountsInvalid => _inner.CountsInvalid;

    /// <inheritdoc/>
    public void ChangeWeight(BlockId block, in Work weight, bool isAdded) => _inner.ChangeWeight(block, weight, isAdded);

    /// <inheritdoc/>
    public void Remove(BlockId block) => _inner.Remove(block);

    /// <inheritdoc/>
    public void Detach(BlockId block) => _inner.Detach(block);

    /// <summary>The smallest identity wins.</summary>
    private ForkChoiceBlock WithLot(in ForkChoiceBlock block)
    {
        Hash256 id = block.Id.Value;
        return block.Height < from ? block : block with { Precedence = ~BinaryPrimitives.ReadUInt64BigEndian(id.AsSpan()) };
    }
}
