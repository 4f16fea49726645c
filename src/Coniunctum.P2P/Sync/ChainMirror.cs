using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Sync;

/// <summary>What the machine knows of this node's chain: its durable tip, the last blocks of the best chain, and which others the chain has.</summary>
internal sealed class ChainMirror
{
    private const int KeptHeights = 4_096;
    private const int KeptOthers = 8_192;
    private const int KeptRefused = 1_024;

    private readonly Dictionary<BlockId, ulong> _heights = [];
    private readonly Queue<BlockId> _oldest = new();
    private readonly RecentSet<BlockId> _others = new(KeptOthers);
    private readonly RecentSet<BlockId> _given = new(KeptOthers);
    private readonly RecentSet<BlockId> _refused = new(KeptRefused);

    /// <summary>The durable tip's head; <c>null</c> until it was read.</summary>
    public DurableHead? Tip { get; private set; }

    /// <summary>The durable tip's identity.</summary>
    public BlockId TipId { get; private set; }

    /// <summary>The weight of the durable chain, as it was read last.</summary>
    public Work Weight => Tip?.ChainWeight ?? Work.Zero;

    /// <summary>The durable tip's height.</summary>
    public ulong Height { get; private set; }

    public void TakeTip(DurableHead tip)
    {
        // A newer tip may have become durable while this one was read.
        if (TipId != default && tip.Id != TipId) return;
        (Tip, TipId, Height) = (tip, tip.Id, tip.Height);
        Note(tip.Id, tip.Height);
    }

    public void TakeMove(NodeEffect.TipMoved moved)
    {
        foreach (HashedBlock block in moved.Disconnected)
        {
            _heights.Remove(block.Id);
            _others.Add(block.Id);
        }

        foreach (HashedBlock block in moved.Connected) Note(block.Id, block.Header.Height);
        (TipId, Height) = (moved.Tip.Id, moved.Tip.Header.Height);
    }

    /// <summary>Gives the chain a block.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">Who has sent it.</param>
    public void Give(PeerOutput output, HashedBlock block, PeerId from)
    {
        _given.Add(block.Id);
        output.Emit(new NodeInput.BlockArrived(block, from));
    }

    /// <summary>Notes what became of a block that the chain was given.</summary>
    public void TakeVerdict(BlockId id, Verdict verdict)
    {
        _given.Remove(id);
        if (verdict.IsValid || verdict.Kind == VerdictKind.Deferred)
            _others.Add(id);
        else
            _others.Remove(id);
    }

    /// <summary>The chain does not take a branch, for a reason that is this node's own.</summary>
    public void TakeRefusal(NodeEffect.BranchRefused refused) => _refused.Add(refused.First);

    /// <summary>Whether the chain does not take what stands on a block.</summary>
    public bool IsRefused(BlockId id) => _refused.Contains(id);

    /// <summary>The chain has lost a block that it had.</summary>
    public void Forget(BlockId id) => _others.Remove(id);

    /// <summary>Whether the chain has a block, as far as that is remembered: as part of the best chain, beside it, or waiting.</summary>
    public bool Has(BlockId id) => _heights.ContainsKey(id) || _others.Contains(id);

    /// <summary>Whether the chain has a block, or was given one of which it has not said yet what it is: none is fetched, until it turns out bad.</summary>
    public bool HasOrJudges(BlockId id) => Has(id) || _given.Contains(id);

    /// <summary>Whether a block is one of the last ones of the best chain.</summary>
    public bool IsOnBestChain(BlockId id) => _heights.ContainsKey(id);

    private void Note(BlockId id, ulong height)
    {
        if (!_heights.TryAdd(id, height)) return;
        _oldest.Enqueue(id);
        while (_oldest.Count > KeptHeights) _heights.Remove(_oldest.Dequeue());
    }
}
