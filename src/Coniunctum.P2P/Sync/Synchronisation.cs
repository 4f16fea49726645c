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
    ChainProfile profile, ConsensusParts parts, bool countsSides, PeerOutput output, BodyFetcher fetcher, ChainMirror chain) : IPeerProtocol
{
    // More headers that do not outweigh this node's chain are not kept: a branch as long is no branch of this node's chain.
    private const int MostBeforeWeight = 100_000;

    // An answer with fewer bytes and headers than this has all that there is.
    private const int WholeBytes = 1_024 * 1_024;

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_headersTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestStall = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMinutes(10);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly Dictionary<Peer, SyncPeer> _peers = [];
    private readonly BodyWindow _window = new(output, fetcher, chain);
    private readonly List<HeaderView> _collected = [];
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
    public bool IsSynchronised => !IsActive && chain.Tip is not null && _peers.Count > 0
        && _peers.All(pair => pair.Value.Rests > 0 || !pair.Value.IsAhead && pair.Key.Weight <= chain.Weight);

    /// <summary>Whether bodies of a chain are coming that is longer than this node's: what becomes durable meanwhile is news to no one.</summary>
    public bool IsCatchingUp =>
        _stage == Stage.Fetching && _branch!.Tip.Height > chain.Height + WireLimits.Announced && output.Steady < _window.LastProgress.Plus(s_short);

    /// <summary>The peer whose chain is followed, or <c>null</c>.</summary>
    public Peer? Source => _peer;

    /// <summary>How many were begun.</summary>
    public long Begun { get; private set; }

    /// <summary>Why the last one that came to nothing did, for people.</summary>
    public string? LastFailure { get; private set; }

    public SteadyTime Due => _stage switch
    {
        Stage.Idle => _peers.Values.Where(standing => standing.RestsUntil > output.Steady).Select(standing => standing.RestsUntil).DefaultIfEmpty(s_never).Min(),
        Stage.Asking => _deadline,
        Stage.Fetching => Earlier(Earlier(_window.Due, fetcher.Due), Earlier(_window.LastProgress.Plus(s_longestStall), _peers[_peer!].IsAsked && !_isWhole ? _deadline : s_never)),
        _ => s_never,
    };

    // Where not the chain's weight decides, another tip may win that claims less.
    public void Open(Peer peer) => _peers[peer] = new SyncPeer { IsAhead = countsSides && !chain.Has(peer.Tip) };

    public void Close(Peer peer)
    {
        _peers.Remove(peer);
        if (_peer == peer) End();
    }

    /// <summary>A peer has a block whose parent is not known here.</summary>
    public void NoteAhead(Peer peer)
    {
        if (_peers.TryGetValue(peer, out SyncPeer? standing)) standing.IsAhead = true;
    }

    public bool TryTake(Peer peer, PeerInput input)
    {
        if (input is not PeerInput.HeadsReceived { Message: MessageKind.Headers } received) return false;
        SyncPeer standing = _peers[peer];
        standing.IsAsked = false;
        if (peer == _peer && _stage is Stage.Asking or Stage.Fetching) TakeHeaders(received);
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
        (Peer? peer, SyncPeer? standing) = _peers
            .Where(pair => !pair.Key.IsClosing && !pair.Value.IsAsked && pair.Value.RestsUntil <= output.Steady && (pair.Value.IsAhead || pair.Key.Weight > chain.Weight))
            .OrderBy(pair => pair.Value.Rests).ThenByDescending(pair => pair.Key.IsOutbound).ThenByDescending(pair => pair.Key.Weight).ThenByDescending(pair => pair.Value.IsAhead).ThenBy(pair => pair.Key.Id.Value)
            .Select(pair => (pair.Key, pair.Value)).FirstOrDefault();
        if (peer is null) return;
        Begun++;
        standing!.IsAhead = false;
        (_peer, _stage, _job, _branch) = (peer, Stage.Locating, output.NextJob(), null);
        _collected.Clear();
        _window.Clear();
        output.Emit(new PeerEffect.ReadLocator(_job));
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

        for (int i = 1; i < _waiting.Length; i++)
        {
            if (_waiting[i].View.Header.Previous == _waiting[i - 1].View.Id) continue;
            output.Close(_peer!, ByeReason.ProtocolFault, "headers that do not follow each other");
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
        bool isWhole = _isWhole;
        foreach (PeerHead head in _waiting)
        {
            Verdict verdict = _branch!.Add(head, output.Now.Wall);
            if (verdict.IsValid)
            {
                _collected.Add(head.View);
                continue;
            }

            // What lies ahead of this node's clock, or of its software, proves nothing.
            if (verdict.Kind == VerdictKind.Invalid && verdict.Rule != BlockRule.RulesetWrong)
            {
                output.Close(_peer!, ByeReason.ProtocolFault, $"an invalid header: {verdict}");
                End();
                return;
            }

            isWhole = true;
            break;
        }

        _waiting = [];
        HeaderBranch branch = _branch!;
        if (_stage == Stage.Fetching || countsSides || branch.Weight > chain.Weight)
            BeginBodies();
        else if (_collected.Count > MostBeforeWeight)
            GiveUp("its chain parts from this one too far below");
        // It may be over, and the next one begun.
        if (_branch != branch) return;
        if (isWhole)
            EndHeaders();
        else if (_stage != Stage.Fetching)
            AskHeaders([_branch!.Tip.Id, .. _locator]);
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
        foreach (HeaderView view in _collected) _window.Add(view);
        _peer!.Height = Math.Max(_peer.Height, _branch!.Tip.Height);
        _collected.Clear();
        GoOn();
    }

    private void GoOn()
    {
        _window.Look();
        _window.Assign([.. _peers.Keys.Where(peer => !peer.IsClosing).OrderBy(fetcher.DelaysOf).ThenByDescending(peer => peer == _peer).ThenBy(peer => peer.Id.Value)]);
        SyncPeer standing = _peers[_peer!];
        bool isOver = _isWhole && _window.Left == 0;
        bool isStalled = output.Steady >= _window.LastProgress.Plus(s_longestStall);
        if (isOver && (isStalled || chain.Weight >= _branch!.Weight))
        {
            // Its claim was looked into; what it has next it announces.
            (_peer!.Weight, standing.Rests, standing.Changes) = (Work.Zero, 0, 0);
            End();
        }
        else if (isStalled)
        {
            GiveUp("no one has the blocks of its chain");
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
        SyncPeer standing = _peers[_peer!];
        TimeSpan rest = s_rest * (1 << Math.Min(standing.Rests++, 6));
        standing.RestsUntil = output.Steady.Plus(rest < s_longestRest ? rest : s_longestRest);
        End();
    }

    private void End()
    {
        (_stage, _peer, _branch) = (Stage.Idle, null, null);
        _waiting = [];
        _collected.Clear();
        _window.Clear();
        TryBegin();
    }

    private sealed class SyncPeer
    {
        /// <summary>Whether it has announced a block whose parent is not known.</summary>
        public bool IsAhead { get; set; }

        /// <summary>Whether it was asked for headers and has not answered, also where no one waits any more.</summary>
        public bool IsAsked { get; set; }

        public SteadyTime RestsUntil { get; set; }

        public int Rests { get; set; }

        /// <summary>How often its headers did not go on where they began, since it last was of use.</summary>
        public int Changes { get; set; }
    }
}
