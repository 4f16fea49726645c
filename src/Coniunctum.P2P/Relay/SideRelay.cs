using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Relay;

/// <summary>
/// Blocks beside the best chain, where the fork choice weighs them, so that nodes choose alike: what the best chain has passed by is
/// announced, and kept for whoever asks. Peers are asked, one at a time, for the headers beside their best chain and for the bodies of
/// those that do not weigh by their headers alone yet: whoever opens the ledger, and then now and then.
/// </summary>
internal sealed class SideRelay(PeerOutput output, BodyFetcher fetcher, ChainMirror chain, Synchronisation sync, BlockRelay blocks, RecentBlocks sides) : IPeerProtocol, IBodyClient
{
    /// <summary>How far below the tip headers are asked for, in blocks.</summary>
    public const ulong Depth = 1_000;

    /// <summary>A header weighs alone when another is so much higher.</summary>
    public const ulong BodyDepth = 100;

    // Peers hear of sides of others, too.
    private const ulong AskedEvery = 50;
    private const int MostBodies = 1_024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_waits = TimeSpan.FromSeconds(2);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly Dictionary<Peer, Standing> _peers = [];

    // Of which it is not known yet whether they become part of the best chain: the tip has not passed them by.
    private readonly Dictionary<BlockId, (HashedBlock Block, SteadyTime Since)> _undecided = [];
    private Peer? _asking;
    private SteadyTime _deadline;
    private SteadyTime _decide = s_never;
    private ulong _decidedAt;

    public SteadyTime Due
    {
        get
        {
            // What was to be decided may have become part of the best chain, or have turned out invalid, meanwhile.
            SteadyTime decide = _undecided.Count > 0 ? _decide : s_never;
            return _asking is null || decide < _deadline ? decide : _deadline;
        }
    }

    public void Open(Peer peer) => _peers[peer] = new Standing();

    public void Close(Peer peer)
    {
        _peers.Remove(peer);
        if (_asking == peer) _asking = null;
    }

    public bool TryTake(Peer peer, PeerInput input)
    {
        if (input is not PeerInput.HeadsReceived received) return false;
        if (received.Message == MessageKind.Sides)
        {
            Take(peer, _peers[peer], received.Heads);
            return true;
        }

        // The others' best chains are looked at elsewhere; one whose parent is not here may build on what they know beside it.
        if (received.Message == MessageKind.Announce && received.Heads.Any(IsBehindUnknown)) _peers[peer].AskAnew();
        return false;
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case NodeEffect.BlockJudged { Verdict.IsValid: true, IsPending: true } judged:
                Add(judged.Block);
                break;
            case NodeEffect.BlockSettled { Verdict.IsValid: false } settled:
                _undecided.Remove(settled.Block.Id);
                sides.Remove(settled.Block);
                break;
            case NodeEffect.TipMoved moved:
                foreach (HashedBlock block in moved.Connected)
                {
                    _undecided.Remove(block.Id);
                    sides.Remove(block.Id);
                }

                break;
            default:
                break;
        }
    }

    public void Look()
    {
        if (_undecided.Count > 0 && (chain.Height != _decidedAt || output.Steady >= _decide)) Decide();
        if (_asking is not null && output.Steady >= _deadline) _asking = null;
        if (!sync.IsActive && chain.Tip is not null) AskNext();
        foreach ((Peer peer, Standing standing) in _peers) AskBodies(peer, standing);
    }

    public bool TryTake(Peer from, HashedBlock block)
    {
        if (block.ComputedMerkleRoot != block.Header.MerkleRoot || block.IsMutated)
        {
            output.Close(from, ByeReason.ProtocolFault, "a body that is not its id's");
            return false;
        }

        if (chain.HasOrJudges(block.Id)) return false;
        chain.Give(output, block, from.Id);
        return true;
    }

    public void Lost(Peer from, BlockId id)
    {
        // The header will do, later.
    }

    public long BytesOf(Peer peer) => _peers.TryGetValue(peer, out Standing? standing) ? (long)standing.Bodies.Count * Hash256.Size : 0;

    private bool IsBehindUnknown(PeerHead head) =>
        head.View.Height <= chain.Height && !chain.Has(head.View.Id) && !chain.Has(head.View.Header.Previous);

    private void Add(HashedBlock block)
    {
        if (_undecided.Count >= MostBodies || !_undecided.TryAdd(block.Id, (block, output.Steady))) return;
        if (block.Header.Height <= chain.Height)
            _decide = output.Steady;
        else if (_decide == s_never)
            _decide = output.Steady.Plus(s_waits);
    }

    /// <summary>What the tip has passed by, or has not come to in a while, lies beside the best chain.</summary>
    private void Decide()
    {
        _decidedAt = chain.Height;
        SteadyTime oldest = s_never;
        List<HashedBlock> beside = [];
        foreach ((HashedBlock block, SteadyTime since) in _undecided.Values.ToArray())
        {
            if (block.Header.Height > chain.Height && (sync.IsActive || output.Steady < since.Plus(s_waits)))
            {
                if (since < oldest) oldest = since;
                continue;
            }

            _undecided.Remove(block.Id);
            if (chain.IsOnBestChain(block.Id)) continue;
            sides.Add(block);
            beside.Add(block);
        }

        // A fork that did not win comes as a whole: its blocks go to each peer in few messages.
        foreach (HashedBlock[] some in sync.IsCatchingUp ? [] : beside.OrderBy(block => block.Header.Height).Chunk(WireLimits.Announced)) blocks.AnnounceSides(some);

        // While a chain is coming it is looked at as that moves.
        _decide = oldest == s_never || sync.IsActive ? s_never : oldest.Plus(s_waits);
    }

    private void AskNext()
    {
        if (_asking is not null || chain.Height == 0) return;
        (Peer? peer, Standing? standing) = _peers
            .Where(pair => !pair.Key.IsClosing && !pair.Value.IsAsked && output.Steady >= pair.Value.NotBefore && (pair.Value.IsWanted || chain.Height >= pair.Value.Again))
            .OrderBy(pair => pair.Key.Id.Value).Select(pair => (pair.Key, pair.Value)).FirstOrDefault();
        if (peer is null) return;
        if (!standing!.IsWanted) standing.AskAnew();
        standing.Next = standing.Asked = Math.Max(standing.Next, chain.Height > Depth ? chain.Height - Depth : 1);
        (standing.IsAsked, _asking, _deadline) = (true, peer, output.Steady.Plus(s_patience));
        output.Send(peer, new GetSides(standing.Asked));
    }

    private void Take(Peer peer, Standing standing, ImmutableArray<PeerHead> heads)
    {
        standing.IsAsked = false;
        if (_asking == peer) _asking = null;
        for (int i = 0; i < heads.Length; i++)
        {
            if (heads[i].View.Height >= (i == 0 ? standing.Asked : heads[i - 1].View.Height)) continue;
            output.Close(peer, ByeReason.ProtocolFault, "headers beside the best chain that are out of order");
            return;
        }

        // It may have been found meanwhile that it is to be asked anew.
        bool isOver = heads.IsEmpty || heads[^1].View.Height >= chain.Height;
        if (standing.Next != standing.Asked || isOver) standing.NotBefore = output.Steady.Plus(s_pause);
        if (standing.Next == standing.Asked)
            (standing.IsWanted, standing.Next, standing.Again) = (!isOver, isOver ? 0 : heads[^1].View.Height + 1, chain.Height + AskedEvery);
        foreach (PeerHead head in heads)
        {
            blocks.NoteKnown(peer, head.View.Id);
            if (chain.Has(head.View.Id)) continue;
            output.Emit(new NodeInput.HeaderArrived(head.View, head.Certificate, peer.Id));
            if (head.View.Height + BodyDepth > chain.Height && standing.Bodies.Count < MostBodies) standing.Bodies.Enqueue(head.View.Id);
        }
    }

    private void AskBodies(Peer peer, Standing standing)
    {
        int room = standing.Bodies.Count == 0 ? 0 : fetcher.RoomOf(peer);
        List<BlockId> ids = [];
        while (ids.Count < room && standing.Bodies.TryDequeue(out BlockId id))
            if (!chain.HasOrJudges(id) && !fetcher.IsAsked(id) && !fetcher.Owes(peer, id) && !ids.Contains(id)) ids.Add(id);
        if (ids.Count > 0) fetcher.Ask(peer, [.. ids], this);
    }

    private sealed class Standing
    {
        /// <summary>Whether more is to be asked.</summary>
        public bool IsWanted { get; set; } = true;

        /// <summary>The height from which it is asked next.</summary>
        public ulong Next { get; set; }

        /// <summary>Whether it was asked and has not answered, also where no one waits any more.</summary>
        public bool IsAsked { get; set; }

        /// <summary>The height from which it was asked last.</summary>
        public ulong Asked { get; set; }

        public SteadyTime NotBefore { get; set; }

        /// <summary>The tip's height at which it is asked again.</summary>
        public ulong Again { get; set; }

        /// <summary>Bodies that it may have.</summary>
        public Queue<BlockId> Bodies { get; } = new();

        public void AskAnew() => (IsWanted, Next) = (true, 0);
    }
}
