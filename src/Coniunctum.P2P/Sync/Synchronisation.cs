using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Sync;

/// <summary>
/// Brings this node's chain up to that of a peer that claims a heavier one, or that has announced a block whose parent is not known:
/// headers first, then bodies of whoever has them. One at a time, whoever else has news meanwhile; a peer that is slow, or has not
/// what it claims, loses its place to the next.
/// </summary>
internal sealed class Synchronisation(
    ChainProfile profile, ConsensusParts parts, bool countsSides, int keptHeaders, PeerOutput output, BodyFetcher fetcher, ChainMirror chain) : IPeerProtocol
{
    // With so many headers that do not outweigh this node's chain, peers who have not had their turn come first.
    private const int MostBeforeOthers = 100_000;

    // 800 KiB of identities.
    private const int MostBeforeWeight = 50_000_000;

    // An answer with fewer bytes and headers than this has all that there is.
    private const int WholeBytes = 1_024 * 1_024;

    private const string Refused = "this node does not take its branch: what it would have to undo was pruned, or is more than its owner allows";

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_headersTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestStall = TimeSpan.FromSeconds(20);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly SyncPeers _peers = new(output, chain);
    private readonly BodyWindow _window = new(output, fetcher, chain);
    private readonly List<HeaderView> _collected = [];
    private readonly HeaderChunks _chunks = new(output, parts.Rule);
    private Stage _stage;
    private Peer? _peer;
    private JobId _job;
    private ImmutableArray<BlockId> _locator = [];
    private ImmutableArray<PeerHead> _waiting = [];
    private bool _isWhole;
    private HeaderBranch? _branch;
    private SteadyTime _deadline;

    private enum Stage
    {
        Idle,
        Locating,
        Asking,
        Seeding,
        Fetching,
    }

    /// <summary>Whether this node is being brought up to another.</summary>
    public bool IsActive => _stage != Stage.Idle;

    /// <summary>Whether this node has all that its peers have claimed, but for those who did not show what they claim; false without any.</summary>
    public bool IsSynchronised => !IsActive && chain.Tip is not null && _peers.HaveNothingNew;

    /// <summary>Whether bodies of a chain are coming that is longer than this node's: what becomes durable meanwhile is news to no one.</summary>
    public bool IsCatchingUp =>
        _stage == Stage.Fetching && _branch!.Tip.Height > chain.Height + WireLimits.Announced && output.Steady < _window.LastProgress.Plus(s_short);

    /// <summary>The peer whose chain is followed, or <c>null</c>.</summary>
    public Peer? Source => _peer;

    /// <summary>How many were begun.</summary>
    public long Begun { get; private set; }

    /// <summary>How many headers are kept whose bodies are not asked for yet.</summary>
    public int HeadersKept => _collected.Count + _chunks.Held;

    /// <summary>Why the last one that came to nothing did, for people.</summary>
    public string? LastFailure { get; private set; }

    public SteadyTime Due => _stage switch
    {
        Stage.Idle => _peers.Due,
        Stage.Asking => _deadline,
        Stage.Fetching => Earlier(Earlier(_window.Due, fetcher.Due), Earlier(_window.LastProgress.Plus(s_longestStall), !_chunks.IsDone ? _chunks.Due : _peers[_peer!].IsAsked && !_isWhole ? _deadline : s_never)),
        _ => s_never,
    };

    // Where not the chain's weight decides, another tip may win that claims less.
    public void Open(Peer peer) => _peers.Open(peer, isAhead: countsSides && !chain.Has(peer.Tip));

    public void Close(Peer peer)
    {
        _peers.Close(peer);
        _chunks.Close(peer);
        if (_peer == peer) End();
    }

    /// <summary>A peer has a block whose parent is not known here.</summary>
    public void NoteAhead(Peer peer) => _peers.NoteAhead(peer);

    public bool TryTake(Peer peer, PeerInput input)
    {
        if (input is not PeerInput.HeadsReceived { Message: MessageKind.Headers } received) return false;
        SyncPeer standing = _peers[peer];
        bool isOfChunk = standing.IsAskedForChunk;
        (standing.IsAsked, standing.IsAskedForChunk) = (false, false);
        if (isOfChunk)
            TakeChunk(peer, received);
        else if (peer == _peer && _stage is Stage.Asking or Stage.Fetching)
            TakeHeaders(received);
        return true;
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case PeerInput.LocatorRead read when read.Job == _job && _stage == Stage.Locating:
                _locator = read.Locator;
                AskHeaders(_locator);
                break;
            case PeerInput.HeadsRead read when read.Job == _job && _stage == Stage.Seeding:
                Seed(read.Heads);
                break;
            case NodeEffect.BlockJudged judged when _stage == Stage.Fetching:
                bool isOfBranch = _window.Contains(judged.Block.Id);
                _window.TakeVerdict(judged);
                if (isOfBranch && judged.Verdict.Kind == VerdictKind.Invalid && judged.Blame != Blame.Copy) GiveUp("a block of its chain is invalid");
                break;
            case NodeEffect.BlockSettled { Verdict.Kind: VerdictKind.Invalid } settled when _stage == Stage.Fetching && settled.Blame != Blame.Copy && _window.Contains(settled.Block.Id):
                GiveUp("a block of its chain is invalid");
                break;
            case NodeEffect.BranchRefused refused when _stage == Stage.Fetching && _window.Contains(refused.First):
                GiveUp(Refused);
                break;
            case NodeEffect.TipMoved when _stage == Stage.Fetching:
                _window.TakeMove();
                break;
            default:
                break;
        }
    }

    public void Look()
    {
        if (_stage == Stage.Idle) TryBegin();
        if (_stage is Stage.Asking && output.Steady >= _deadline) GiveUp("it does not answer with headers");
        if (_stage == Stage.Fetching) GoOn();
    }

    private static SteadyTime Earlier(SteadyTime left, SteadyTime right) => left < right ? left : right;

    private void TryBegin()
    {
        if (chain.Tip is null) return;
        if (_peers.Next() is not { } peer) return;
        Begun++;
        _peers[peer].IsAhead = false;
        (_peer, _stage, _job, _branch) = (peer, Stage.Locating, output.NextJob(), null);
        Clear();
        output.Emit(new PeerEffect.ReadLocator(_job));
    }

    private void Clear()
    {
        _collected.Clear();
        _chunks.Clear();
        _window.Clear();
    }

    private void AskHeaders(ImmutableArray<BlockId> locator)
    {
        if (_stage != Stage.Fetching) _stage = Stage.Asking;
        _deadline = output.Steady.Plus(s_headersTime);
        _peers[_peer!].IsAsked = true;
        output.Send(_peer!, new GetHeaders([.. locator.Take(WireLimits.Locator).Select(id => id.Value)], null));
    }

    private void TakeHeaders(PeerInput.HeadsReceived received)
    {
        _waiting = received.Heads;
        _isWhole = received.Heads.Length < WireLimits.Headers && received.Bytes < WholeBytes;
        if (_waiting.IsEmpty)
        {
            EndHeaders();
            return;
        }

        if (!FollowEachOther(_peer!, _waiting))
        {
            End();
            return;
        }

        BlockId behind = _waiting[0].View.Header.Previous;
        if (_branch is not null && behind == _branch.Tip.Id)
        {
            TakeWaiting();
        }
        else if (_branch is not null)
        {
            ChangedMeanwhile();
        }
        else if (_locator.Contains(behind) && _waiting[0].View.Height > 0)
        {
            ReadFork();
        }
        else
        {
            output.Close(_peer!, ByeReason.ProtocolFault, "headers that are not behind the locator");
            End();
        }
    }

    /// <summary>Takes headers that were put away, and are fetched again.</summary>
    private void TakeChunk(Peer peer, PeerInput.HeadsReceived received)
    {
        // It may be late.
        if (!FollowEachOther(peer, received.Heads))
            _chunks.Close(peer);
        else if (_stage == Stage.Fetching && _chunks.IsAskedOf(peer) && _chunks.TryTake(peer, received.Heads, received.Bytes >= WholeBytes))
            _window.NoteProgress();
        if (peer == _peer && peer.IsClosing) End();
    }

    private bool FollowEachOther(Peer peer, ImmutableArray<PeerHead> heads)
    {
        if (HeaderBranch.FollowEachOther(heads)) return true;
        output.Close(peer, ByeReason.ProtocolFault, "headers that do not follow each other");
        return false;
    }

    /// <summary>Has the rule's window below the fork read.</summary>
    private void ReadFork()
    {
        ulong fork = _waiting[0].View.Height - 1;
        ulong from = fork > HeaderBranch.Window ? fork - HeaderBranch.Window : 0;
        (_stage, _job) = (Stage.Seeding, output.NextJob());
        output.Emit(new PeerEffect.ReadHeads(_job, from, (int)(fork - from) + 1));
    }

    private void Seed(ImmutableArray<DurableHead> below)
    {
        // The best chain may have left the block meanwhile.
        if (below.IsEmpty || below[^1].Id != _waiting[0].View.Header.Previous)
        {
            ChangedMeanwhile();
            return;
        }

        _branch = new HeaderBranch(profile, parts, below);
        TakeWaiting();
    }

    private void TakeWaiting()
    {
        if (_waiting.Any(head => chain.IsRefused(head.View.Id)))
        {
            GiveUp(Refused);
            return;
        }

        Verdict verdict = _branch!.Add(_waiting, output.Now.Wall, _collected);
        // What lies ahead of this node's clock, or of its software, proves nothing.
        if (verdict.Kind == VerdictKind.Invalid && verdict.Rule != BlockRule.RulesetWrong)
        {
            output.Close(_peer!, ByeReason.ProtocolFault, $"an invalid header: {verdict}");
            End();
            return;
        }

        bool isWhole = _isWhole || !verdict.IsValid;
        _waiting = [];
        HeaderBranch branch = _branch!;
        if (_stage == Stage.Fetching || countsSides || branch.Weight > chain.Weight)
            BeginBodies();
        else
            PutAway();
        // It may be over, and the next one begun.
        if (_branch != branch) return;
        if (isWhole)
            EndHeaders();
        else if (_stage != Stage.Fetching)
            AskHeaders([_branch!.Tip.Id, .. _locator]);
    }

    /// <summary>Keeps no more headers of a branch that does not outweigh this node's chain than there is room for: what is put away is fetched again when it does.</summary>
    private void PutAway()
    {
        while (_collected.Count >= keptHeaders)
        {
            _chunks.Add(_collected.GetRange(0, HeaderChunks.Size));
            _collected.RemoveRange(0, HeaderChunks.Size);
        }

        long count = (long)_chunks.Count * HeaderChunks.Size + _collected.Count;
        if (count > MostBeforeWeight)
            GiveUp("its chain parts from this one too far below");
        else if (count > MostBeforeOthers && _peers.HasNewBeside(_peer!))
            GiveUp("its chain is long and does not outweigh this one yet, and others have not had their turn");
    }

    /// <summary>There are no more headers.</summary>
    private void EndHeaders()
    {
        _isWhole = true;
        _peer!.Weight = _branch?.Weight ?? Work.Zero;
        if (_branch is not null) _peer.Height = Math.Max(_peer.Height, _branch.Tip.Height);
        if (_stage != Stage.Fetching) End();
    }

    private void BeginBodies()
    {
        // The time that headers took is no stall of bodies.
        if (_stage != Stage.Fetching) _window.Clear();
        _stage = Stage.Fetching;
        _peer!.Height = Math.Max(_peer.Height, _branch!.Tip.Height);
        GoOn();
    }

    /// <summary>Gives the window the headers that are next: those that were put away, fetched again, then those that are here.</summary>
    private void FillWindow()
    {
        while (_window.Left < BodyWindow.Blocks && _chunks.TakeNext() is { } heads)
            foreach (HeaderView view in heads) _window.Add(view);
        if (_chunks.IsDone)
        {
            foreach (HeaderView view in _collected) _window.Add(view);
            _collected.Clear();
            return;
        }

        IEnumerable<Peer> free = _peers.Living.Where(peer => !_peers[peer].IsAsked).OrderBy(fetcher.DelaysOf).ThenBy(peer => peer.Id.Value);
        foreach (Peer asked in _chunks.Assign(free)) _peers[asked].IsAsked = _peers[asked].IsAskedForChunk = true;
    }

    private void GoOn()
    {
        FillWindow();
        _window.Look();
        _window.Assign([.. _peers.Living.OrderBy(fetcher.DelaysOf).ThenByDescending(peer => peer == _peer).ThenBy(peer => peer.Id.Value)]);
        SyncPeer standing = _peers[_peer!];
        bool isOver = _isWhole && _chunks.IsDone && _window.Left == 0;
        bool isStalled = output.Steady >= _window.LastProgress.Plus(s_longestStall);
        if (isOver && (isStalled || countsSides || chain.Weight >= _branch!.Weight))
        {
            // Its claim was looked into, also where more than that decides what wins; what it has next it announces.
            (_peer!.Weight, standing.Rests, standing.Changes) = (Work.Zero, 0, 0);
            End();
        }
        else if (isStalled)
        {
            GiveUp("no one has the blocks of its chain");
        }
        else if (!_chunks.IsDone || standing.IsAskedForChunk)
        {
            // What comes behind these is asked for afterwards.
        }
        else if (standing.IsAsked && output.Steady >= _deadline)
        {
            _isWhole = true;
        }
        else if (!_isWhole && !standing.IsAsked && _window.Left < BodyWindow.Blocks)
        {
            AskHeaders([_branch!.Tip.Id, .. _locator]);
        }
    }

    /// <summary>Headers do not go on where they began: once that may be timing, since chains change meanwhile.</summary>
    private void ChangedMeanwhile()
    {
        SyncPeer standing = _peers[_peer!];
        standing.IsAhead = true;
        if (standing.Changes++ == 0)
            End();
        else
            GiveUp("its headers do not go on where they began");
    }

    /// <summary>The peer loses its place: others have their turn first.</summary>
    private void GiveUp(string why)
    {
        LastFailure = $"{_peer}: {why}";
        _peers.Rest(_peer!);
        End();
    }

    private void End()
    {
        (_stage, _peer, _branch) = (Stage.Idle, null, null);
        _waiting = [];
        Clear();
        TryBegin();
    }
}
