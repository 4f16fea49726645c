using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The last identities that were refused for ever. They are only remembered so that the same block is not checked twice;
/// forgetting one costs that check again.
/// </summary>
internal sealed class RefusedBlocks
{
    private const int Capacity = 10_000;

    private readonly Dictionary<BlockId, Verdict> _verdicts = [];
    private readonly Queue<BlockId> _byAge = new();

    /// <summary>Returns why a block was refused, or <c>null</c>.</summary>
    public Verdict? Why(BlockId id) => _verdicts.TryGetValue(id, out Verdict verdict) ? verdict : null;

    public void Add(BlockId id, Verdict verdict)
    {
        if (!_verdicts.TryAdd(id, verdict)) return;
        _byAge.Enqueue(id);
        if (_byAge.Count > Capacity) _verdicts.Remove(_byAge.Dequeue());
    }
}
