using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.P2P.Switch;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// The peer machine of a ledger that shares its connections with others of the process, without I/O. It is told of a connection when the
/// ledger is open on it, with the other side's Hello and Open, and of its end when it is not any more; opened again, it is another one
/// (<see cref="LedgerPeerId"/>). Whom to dial and what is about the connection itself is the switch's (<see cref="SwitchCore"/>).
/// </summary>
internal sealed class LedgerCore : IPeerCore, IConnections
{
    private static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(1);

    private readonly PeerOutput _output;
    private readonly LedgerPeers _ledger;
    private readonly PeerBudget _budget;
    private readonly Dictionary<PeerId, Peer> _peers = [];
    private SteadyTime _set = new(TimeSpan.MaxValue);
    private DurableHead? _offered;

    /// <summary>Makes the machine of a ledger.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="options">What it is given.</param>
    /// <param name="channel">The channel on which this node speaks of it.</param>
    /// <param name="numbers">Under which numbers it asks.</param>
    /// <exception cref="ArgumentException">The profile names no <see cref="ConsensusSpec"/>.</exception>
    public LedgerCore(ChainProfile profile, PeerOptions options, byte channel, PeerNumbers? numbers = null)
    {
        if (profile.Consensus is not ConsensusSpec spec) throw new ArgumentException("The profile's consensus parameters must be a ConsensusSpec, which builds the rule.", nameof(profile));
        ConsensusParts parts = spec.Build(profile, GenesisBlock.Create(profile).Block.Id);
        _output = new PeerOutput(numbers, channel);
        _ledger = new LedgerPeers(profile, parts, options, _output);
        _budget = new PeerBudget(_output, parts.Topics?.Topics ?? []);
    }

    /// <inheritdoc/>
    public PeerStatus Status => _ledger.StatusOf(_peers.Values);

    /// <inheritdoc/>
    public bool IsSynchronised => _ledger.IsSynchronised;

    /// <inheritdoc/>
    public IEnumerable<HashedTransaction> Pool => _ledger.Pool;

    /// <inheritdoc/>
    public void Restore(IEnumerable<HashedTransaction> pool) => _ledger.Restore(pool);

    /// <inheritdoc/>
    public Peer? Find(PeerId id) => _peers.GetValueOrDefault(id);

    /// <inheritdoc/>
    public void NoteBlock(PeerId from)
    {
        if (_peers.ContainsKey(from)) _output.Emit(new PeerEffect.NoteUseful(from, IsBlock: true));
    }

    /// <inheritdoc/>
    public void NoteTransaction(PeerId from)
    {
        if (_peers.ContainsKey(from)) _output.Emit(new PeerEffect.NoteUseful(from, IsBlock: false));
    }

    /// <inheritdoc/>
    public void Step(IPeerInput input, NodeTime now, IEffectSink<IPeerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(effects);
        _output.Begin(now, effects);
        Take(input);
        if (_ledger.ChainId is not null)
        {
            // What becomes of transactions concerns no deadline but those of their relay.
            if (input is not (NodeEffect.TransactionJudged or NodeEffect.TransactionMoved or NodeEffect.TransactionDropped)) Look();
            Offer();
            SetTimer();
        }

        _output.End();
    }

    private void Take(IPeerInput input)
    {
        switch (input)
        {
            case NodeInput.Started started:
                _ledger.Start(started.ChainId);
                break;
            case NodeInput.TimerFired:
                _set = new SteadyTime(TimeSpan.MaxValue);
                break;
            case PeerInput.Connected connected:
                Connect(connected);
                break;
            case PeerInput.Closed closed:
                Close(closed);
                break;
            case PeerInput { From.IsOwn: true } answer:
                _ledger.TakeAnswer(answer);
                break;
            case PeerInput network:
                if (Find(network.From) is { } peer) TakeFrom(peer, network);
                break;
            default:
                _ledger.TakeFromChain(input, this);
                break;
        }
    }

    private void Connect(PeerInput.Connected connected)
    {
        if (connected.Said is not var (hello, open)) throw new ArgumentException("A ledger is told of a connection when it is open there.", nameof(connected));
        var peer = new Peer(connected, _output.Steady) { Hello = hello, IsOpen = true };
        _peers.Add(peer.Id, peer);
        _ledger.TakeOpen(peer, open);
        _ledger.Join(peer);
    }

    private void Close(PeerInput.Closed closed)
    {
        if (!_peers.Remove(closed.From, out Peer? peer)) return;
        peer.IsClosing = true;
        // The connection may go on without this ledger.
        if (_budget.Remove(peer)) _output.Emit(new PeerEffect.SetReading(peer.Id, true));
        peer.IsOpen = false;
        _ledger.Leave(peer);
    }

    private void TakeFrom(Peer peer, PeerInput input)
    {
        if (input is PeerInput.Written written)
        {
            peer.Unsent -= written.Bytes;
            return;
        }

        if (peer.IsClosing) return;
        peer.LastHeard = _output.Steady;
        _budget.Charge(peer, input);
        _ledger.TakeFrom(peer, input);
    }

    private void Look()
    {
        _ledger.Look();
        _budget.Look();
    }

    /// <summary>Has others told of the tip as it is now.</summary>
    private void Offer()
    {
        if (ReferenceEquals(_ledger.Tip, _offered) || _ledger.Offer is not { } offer) return;
        _offered = _ledger.Tip;
        _output.Emit(new PeerEffect.Offer(offer));
    }

    /// <summary>Sets the timer for what is due next, unless it runs out before that.</summary>
    private void SetTimer()
    {
        SteadyTime due = _ledger.Due, soonest = _output.Steady.Plus(s_soonest);
        if (_budget.Due < due) due = _budget.Due;
        if (due < soonest) due = soonest;
        if (due >= _set) return;
        _set = due;
        _output.Emit(new NodeEffect.SetTimer(PeerCore.Timer, due));
    }
}
