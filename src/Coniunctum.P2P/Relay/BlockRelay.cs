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
/// New blocks: what has become durable here is announced to those who do not have it, unless this node is still being brought up to
/// others; what others announce is fetched when its parent is here, and otherwise left to the synchronisation.
/// </summary>
/// <param name="output">How it speaks.</param>
/// <param name="fetcher">Fetches bodies.</param>
/// <param name="chain">This node's chain.</param>
/// <param name="sync">Brings it up to others.</param>
/// <param name="sender">Gives blocks compactly.</param>
/// <param name="published">Bodies that have travelled beside messages.</param>
internal sealed class BlockRelay(PeerOutput output, BodyFetcher fetcher, ChainMirror chain, Synchronisation sync, CompactSender sender, RecentBlocks published) : IPeerProtocol, IBodyClient
{
    // So many peers are sent a new block at once; the others hear of it, and ask.
    private const int MostPushed = 3;

    private const int MostWanted = 256;
    private const int MostOfPeer = 16;
    private const int MostSources = 8;
    private const int MostOfOwn = 64;
    private const int KnownOfPeer = 256;

    private readonly Dictionary<Peer, RecentSet<BlockId>> _known = [];
    private readonly Dictionary<BlockId, List<Peer>> _wanted = [];

    // Bodies of which the chain has the header: whoever connects later is asked too.
    private readonly List<BlockId> _lacked = [];
    private JobId? _job;
    private ulong? _newsFrom;
    private bool _isStale;

    /// <summary>What comes without its transactions; set once.</summary>
    public ICompactBlocks? Compact { get; set; }

    public SteadyTime Due => new(TimeSpan.MaxValue);

    public void Open(Peer peer)
    {
        _known[peer] = new RecentSet<BlockId>(KnownOfPeer);
        foreach (BlockId id in _lacked.Where(id => !chain.Has(id)).ToArray()) Want(peer, id);
    }

    public void Close(Peer peer)
    {
        _known.Remove(peer);
        foreach (List<Peer> sources in _wanted.Values) sources.Remove(peer);
    }

    public bool TryTake(Peer peer, PeerInput input)
    {
        if (input is not PeerInput.HeadsReceived { Message: MessageKind.Announce } announced) return false;
        foreach (PeerHead head in announced.Heads)
        {
            if (!TryCertify(peer, head)) TakeAnnounced(peer, head.View, isAlone: announced.Heads.Length == 1);
        }

        return true;
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case NodeEffect.TipMoved moved:
                if (moved.Connected is [var first, ..]) _newsFrom = Math.Min(first.Header.Height, _newsFrom ?? ulong.MaxValue);
                _isStale = true;
                ReadTip();
                break;
            case PeerInput.HeadsRead read when read.Job == _job:
                _job = null;
                if (!read.Heads.IsEmpty) TakeHeads(read.Heads);
                ReadTip();
                break;
            case NodeEffect.BlockJudged { Blame: Blame.Copy } bad:
                WantOfOthers(bad.Block.Id, bad.From);
                break;
            case NodeEffect.BlockJudged { Verdict.Kind: VerdictKind.Busy } busy:
                // Those who have announced it meanwhile were not asked. The synchronisation gives it again when there is room.
                if (_known.Keys.FirstOrDefault(peer => peer.Id == busy.From) is { } source) sync.NoteAhead(source);
                break;
            case NodeEffect.BlockSettled { Blame: Blame.Copy } bad:
                WantOfOthers(bad.Block.Id, bad.From);
                break;
            case NodeEffect.FetchBlock fetch:
                Fetch(fetch);
                break;
            default:
                break;
        }
    }

    public void Look()
    {
        foreach (BlockId id in _wanted.Keys.ToArray()) AskNext(id);
        if (_newsFrom is null || _job is not null || sync.IsCatchingUp) return;
        _isStale = true;
        ReadTip();
    }

    public bool TryTake(Peer from, HashedBlock block)
    {
        _wanted.Remove(block.Id);
        if (chain.HasOrJudges(block.Id)) return false;
        chain.Give(output, block, from.Id);
        return true;
    }

    /// <summary>A peer has a block.</summary>
    public void NoteKnown(Peer peer, BlockId id)
    {
        if (_known.TryGetValue(peer, out RecentSet<BlockId>? known)) known.Add(id);
    }

    /// <summary>Announces blocks beside the best chain, as many as fit into a message.</summary>
    public void AnnounceSides(IEnumerable<HashedBlock> sides) => Announce([.. sides.Select(block => (block.Id, sender.HeadOf(block)))]);

    public void Lost(Peer from, BlockId id)
    {
        if (_wanted.TryGetValue(id, out List<Peer>? sources)) sources.Remove(from);
    }

    public long BytesOf(Peer peer) => _known.TryGetValue(peer, out RecentSet<BlockId>? known) ? 3L * known.Count * Hash256.Size : 0;

    /// <summary>A peer has a block.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="view">The block's header, not judged.</param>
    /// <param name="isAlone">Whether it is the only one that is new there: such a one may be had compactly.</param>
    public void TakeAnnounced(Peer peer, HeaderView view, bool isAlone = false)
    {
        _known[peer].Add(view.Id);
        peer.Height = Math.Max(peer.Height, view.Height);
        if (chain.HasOrJudges(view.Id)) return;
        bool isParentHere = chain.HasOrJudges(view.Header.Previous);
        if (isAlone && isParentHere) Compact?.TryAsk(peer, view.Id);
        if (isParentHere || _wanted.ContainsKey(view.Header.Previous))
            Want(peer, view.Id);
        else
            sync.NoteAhead(peer);
    }

    /// <summary>Has a whole block fetched, of a peer that has it or of others.</summary>
    public void Fetch(Peer peer, BlockId id)
    {
        if (_known.ContainsKey(peer) && !chain.HasOrJudges(id)) Want(peer, id);
    }

    /// <summary>Takes a block of which a message has brought the body, and a peer the certificate.</summary>
    public bool TryCertify(Peer peer, PeerHead head)
    {
        BlockId id = head.View.Id;
        if (head.Certificate is null || chain.Has(id) || !chain.Has(head.View.Header.Previous)) return false;
        if (published.Find(id) is not { } body || !body.Block.Seal.Span.SequenceEqual(head.View.Seal.Span)) return false;
        NoteKnown(peer, id);
        peer.Height = Math.Max(peer.Height, head.View.Height);
        NoteCome(id);
        chain.Give(output, sender.Certify(body, head.Certificate.Value), peer.Id);
        return true;
    }

    /// <summary>A block has come otherwise.</summary>
    public void NoteCome(BlockId id) => _wanted.Remove(id);

    /// <summary>A copy was bad: others that have announced the block may have a good one.</summary>
    private void WantOfOthers(BlockId id, PeerId not)
    {
        if (chain.HasOrJudges(id)) return;
        foreach ((Peer peer, RecentSet<BlockId> known) in _known)
            if (peer.Id != not && known.Contains(id)) Want(peer, id);
    }

    private void Want(Peer peer, BlockId id)
    {
        if (!_wanted.TryGetValue(id, out List<Peer>? sources))
        {
            if (_wanted.Count >= MostWanted || _wanted.Values.Count(others => others.Contains(peer)) >= MostOfPeer)
            {
                sync.NoteAhead(peer);
                return;
            }

            _wanted.Add(id, sources = []);
        }

        if (sources.Count < MostSources && !sources.Contains(peer)) sources.Add(peer);
        AskNext(id);
    }

    private void AskNext(BlockId id)
    {
        bool isHere = chain.HasOrJudges(id);
        if (!isHere && (fetcher.IsAsked(id) || Compact?.IsPending(id) == true)) return;
        List<Peer> sources = _wanted[id];
        if (sources.Count == 0 || isHere)
        {
            _wanted.Remove(id);
            return;
        }

        if (sources.Find(peer => fetcher.RoomOf(peer) > 0 && !fetcher.Owes(peer, id)) is { } next) fetcher.Ask(next, [id], this);
    }

    /// <summary>Reads the last heads of the chain, once for all moves that come meanwhile.</summary>
    private void ReadTip()
    {
        if (!_isStale || _job is not null) return;
        _isStale = false;
        _job = output.NextJob();
        ulong from = chain.Height - Math.Min(chain.Height, WireLimits.Announced - 1);
        output.Emit(new PeerEffect.ReadHeads(_job.Value, from, WireLimits.Announced));
    }

    private void TakeHeads(ImmutableArray<DurableHead> heads)
    {
        chain.TakeTip(heads[^1]);
        if (_newsFrom is not { } from || sync.IsCatchingUp) return;
        // What became durable while these were read is announced next.
        _newsFrom = heads[^1].Id == chain.TipId ? null : Math.Max(from, heads[^1].Height + 1);
        Announce([.. heads.Where(head => head.Height >= from).Select(head => (head.Id, head.Encoded))]);
    }

    private void Announce(ImmutableArray<(BlockId Id, EncodedHead Encoded)> heads)
    {
        List<(Peer Peer, ImmutableArray<EncodedHead> News)> lacking = [];
        foreach ((Peer peer, RecentSet<BlockId> known) in _known)
        {
            // The last ones that it lacks; where it has none of them, its own synchronisation finds the rest.
            ImmutableArray<EncodedHead> news = [.. heads.Where(head => known.Add(head.Id)).Select(head => head.Encoded)];
            if (!news.IsEmpty) lacking.Add((peer, news));
        }

        // To others for each block, whoever they are; all of them lack it, and it alone.
        BlockId last = heads.IsEmpty ? default : heads[^1].Id;
        ulong draw = BitConverter.ToUInt64(last.Value.AsSpan());
        Peer[] pushed = sender.Has(last)
            ? [.. lacking.Where(one => one.News is [var only] && only == heads[^1].Encoded && one.Peer.Hello!.Roles.HasFlag(NodeRoles.Validating))
                .Select(one => one.Peer).OrderBy(peer => ((ulong)peer.Id.Value * 0x9E3779B97F4A7C15) ^ draw).Take(MostPushed)]
            : [];
        foreach ((Peer peer, ImmutableArray<EncodedHead> news) in lacking)
            if (!pushed.Contains(peer) || !sender.TrySend(peer, last)) output.Send(peer, new Announce(news), news.Sum(head => head.Size));
    }

    /// <summary>The chain lacks a block: others build on it, or its copies were bad.</summary>
    private void Fetch(NodeEffect.FetchBlock fetch)
    {
        chain.Forget(fetch.Missing);
        if (fetch.From.IsOwn)
        {
            // It wins, and only its header is here since an earlier run: any peer may have the rest.
            _lacked.RemoveAll(chain.Has);
            if (_lacked.Count < MostOfOwn && !_lacked.Contains(fetch.Missing)) _lacked.Add(fetch.Missing);
            foreach (Peer any in _known.Keys.ToArray()) Want(any, fetch.Missing);
            return;
        }

        Peer? peer = _known.Keys.FirstOrDefault(known => known.Id == fetch.From);
        if (peer is null) return;
        if (fetch.Child is null)
            Want(peer, fetch.Missing);
        else
            sync.NoteAhead(peer);
    }
}
