using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Sync;

/// <summary>
/// The bodies of one branch: fetched from several peers at once, the earliest first, and given to the chain in the order of their
/// heights. As many are under way as fit into the window.
/// </summary>
internal sealed class BodyWindow(PeerOutput output, BodyFetcher fetcher, ChainMirror chain) : IBodyClient
{
    /// <summary>How many blocks may be fetched ahead of the first that is not judged.</summary>
    public const int Blocks = 1_024;

    /// <summary>How many bytes may wait here, and as many in the chain above its durable tip.</summary>
    public const long Bytes = 64L * 1_024 * 1_024;

    // A step of the machine hands so many to the chain, then others have their turn.
    private const int BlocksAStep = 16;

    // Blocks that no peer has are passed over, so many of them.
    private const int Slack = 64;

    // Blocks that do not move the tip, since they are part of a fork that does not win yet, are given at this pace behind that.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly List<Item> _items = [];
    private readonly Dictionary<BlockId, Item> _byId = [];
    private readonly HashSet<(Peer Peer, BlockId Id)> _lacking = [];
    private RecentSet<BlockId> _judged = new(8 * Blocks);
    private readonly Queue<(ulong Height, int Bytes)> _ahead = new();
    private long _aheadBytes;
    private SteadyTime _moved;
    private int _first;
    private int _next;
    private long _heldBytes;
    private SteadyTime _resume;
    private SteadyTime _retry;
    private bool _hasMore;

    private enum Stage
    {
        Wanted,
        Held,
        Given,
        Judged,
    }

    /// <summary>How many blocks of the branch are not judged yet.</summary>
    public int Left => _items.Count - _first;

    /// <summary>When something last moved.</summary>
    public SteadyTime LastProgress { get; private set; }

    /// <summary>When the next step is due.</summary>
    public SteadyTime Due => _hasMore ? _resume : _lacking.Count > 0 ? _retry : new SteadyTime(TimeSpan.MaxValue);

    public void Clear()
    {
        _items.Clear();
        _byId.Clear();
        _lacking.Clear();
        _judged = new RecentSet<BlockId>(8 * Blocks);
        _ahead.Clear();
        (_first, _next, _heldBytes, _aheadBytes, _hasMore) = (0, 0, 0, 0, false);
        LastProgress = _moved = output.Steady;
        _retry = output.Steady.Plus(s_patience);
    }

    /// <summary>Adds the next block of the branch.</summary>
    public void Add(HeaderView view)
    {
        var item = new Item(view.Id, view.Height);
        _items.Add(item);
        _byId.Add(view.Id, item);
    }

    /// <summary>Whether a block is, or was a short while ago, one of the branch's.</summary>
    public bool Contains(BlockId id) => _byId.ContainsKey(id) || _judged.Contains(id);

    /// <summary>Asks peers for what is missing, the earliest first.</summary>
    /// <param name="peers">Whoever may be asked, the best first.</param>
    public void Assign(IReadOnlyList<Peer> peers)
    {
        Compact();
        int end = Math.Min(_items.Count, _first + Blocks);
        var wanted = new List<Item>();
        int room = peers.Sum(fetcher.RoomOf);
        // Not all that is missing: what no one has room for is looked at when someone has.
        for (int i = _next; i < end && _heldBytes < Bytes && room > 0 && wanted.Count < room + Slack; i++)
        {
            Item item = _items[i];
            if (item.Stage == Stage.Wanted && !chain.HasOrJudges(item.Id) && !fetcher.IsAsked(item.Id)) wanted.Add(item);
        }

        foreach (Peer peer in peers)
        {
            if (wanted.Count == 0) break;
            ImmutableArray<BlockId> ids = [.. wanted.Where(item => item.Height <= peer.Height && !_lacking.Contains((peer, item.Id)) && !fetcher.Owes(peer, item.Id)).Take(fetcher.RoomOf(peer)).Select(item => item.Id)];
            if (ids.IsEmpty) continue;
            wanted.RemoveAll(item => ids.Contains(item.Id));
            fetcher.Ask(peer, ids, this);
        }

        // Those who did not have the first, or held it up, are asked again after a while, when no other has it.
        if (output.Steady < _retry) return;
        _retry = output.Steady.Plus(s_patience);
        if (wanted.Count > 0) _lacking.RemoveWhere(lacking => lacking.Id == wanted[0].Id);
    }

    public bool TryTake(Peer from, HashedBlock block)
    {
        if (!_byId.TryGetValue(block.Id, out Item? item) || item.Stage != Stage.Wanted) return false;
        (item.Block, item.From, item.Stage) = (block, from, Stage.Held);
        _heldBytes += block.Encoded.Length;
        LastProgress = output.Steady;
        Give();
        return true;
    }

    public void Lost(Peer from, BlockId id)
    {
        // It is asked for again; of this peer only when no other has it.
        if (_byId.ContainsKey(id)) _lacking.Add((from, id));
    }

    /// <summary>Gives the chain what is next, if the time for it has come.</summary>
    public void Look()
    {
        bool isHere = _next < _items.Count && _items[_next] is { Stage: Stage.Wanted } next && chain.Has(next.Id);
        if (isHere || _hasMore && output.Steady >= _resume) Give();
    }

    /// <summary>Something came that leads on, if not a body.</summary>
    public void NoteProgress() => LastProgress = output.Steady;

    /// <summary>Takes the first answer to a block that was given.</summary>
    public void TakeVerdict(NodeEffect.BlockJudged judged)
    {
        if (!_byId.TryGetValue(judged.Block.Id, out Item? item) || item.Stage != Stage.Given || item.Block != judged.Block) return;
        if (judged.Verdict.Kind != VerdictKind.MissingParent) LastProgress = output.Steady;
        if (judged.Verdict.Kind is VerdictKind.Busy or VerdictKind.MissingParent)
        {
            // The chain has no room, or the block before had none: again after a while, in order.
            item.Stage = Stage.Held;
            _next = Math.Min(_next, _items.IndexOf(item, _first));
            (_hasMore, _resume) = (true, output.Steady.Plus(s_pause));
            return;
        }

        if (judged.Verdict.Kind == VerdictKind.Invalid && judged.Blame == Blame.Copy)
        {
            // Another may have an honest copy.
            _heldBytes -= item.Block!.Encoded.Length;
            _lacking.Add((item.From!, item.Id));
            (item.Stage, item.Block) = (Stage.Wanted, null);
            _next = Math.Min(_next, _items.IndexOf(item, _first));
            return;
        }

        Finish(item);
    }

    /// <summary>The durable tip has moved.</summary>
    public void TakeMove()
    {
        LastProgress = _moved = output.Steady;
        while (_ahead.TryPeek(out (ulong Height, int Bytes) lowest) && lowest.Height <= chain.Height) _aheadBytes -= _ahead.Dequeue().Bytes;
        if (_hasMore) Give();
    }

    /// <summary>Gives the chain the blocks that are next in order.</summary>
    private void Give()
    {
        _hasMore = false;
        for (int given = 0; _next < _items.Count; _next++)
        {
            Item item = _items[_next];
            if (item.Stage == Stage.Wanted && chain.Has(item.Id))
            {
                Finish(item);
                continue;
            }

            if (item.Stage == Stage.Wanted) return;
            if (item.Stage != Stage.Held) continue;
            bool isAhead = _aheadBytes >= Bytes && output.Steady < _moved.Plus(s_patience);
            if (given++ == BlocksAStep || isAhead)
            {
                (_hasMore, _resume) = (true, isAhead ? _moved.Plus(s_patience) : output.Steady);
                return;
            }

            item.Stage = Stage.Given;
            if (item.Height > chain.Height && !item.IsCounted)
            {
                item.IsCounted = true;
                _ahead.Enqueue((item.Height, item.Block!.Encoded.Length));
                _aheadBytes += item.Block.Encoded.Length;
            }

            chain.Give(output, item.Block!, item.From!.Id);
        }
    }

    private void Finish(Item item)
    {
        if (item.Block is { } block) _heldBytes -= block.Encoded.Length;
        _judged.Add(item.Id);
        (item.Stage, item.Block) = (Stage.Judged, null);
        while (_first < _items.Count && _items[_first].Stage == Stage.Judged) _byId.Remove(_items[_first++].Id);
    }

    private void Compact()
    {
        int judged = Math.Min(_first, _next);
        if (judged < Blocks) return;
        _items.RemoveRange(0, judged);
        (_next, _first) = (_next - judged, _first - judged);
    }

    private sealed class Item(BlockId id, ulong height)
    {
        public BlockId Id { get; } = id;

        /// <summary>Whether it was counted among those ahead of the durable tip.</summary>
        public bool IsCounted { get; set; }

        public ulong Height { get; } = height;

        public HashedBlock? Block { get; set; }

        public Peer? From { get; set; }

        public Stage Stage { get; set; }
    }
}
