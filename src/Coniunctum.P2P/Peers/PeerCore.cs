using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// The peer machine of one ledger, without I/O: the connections and what is about the ledger, called one behind the other in each
/// step. Nothing of it is durable.
/// </summary>
internal sealed class PeerCore : IPeerCore
{
    /// <summary>The machine's only timer; whenever it runs out, all that is due is looked at.</summary>
    public static readonly TimerId Timer = new("next");

    // Others have their turn in between, whatever is due.
    private static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(1);

    private readonly PeerOutput _output;
    private readonly LedgerPeers _ledger;
    private readonly LedgerOpener _opener;
    private readonly PeerSwitch _switch;
    private SteadyTime _set = new(TimeSpan.MaxValue);
    private SteadyTime _switchDue;

    /// <summary>Makes the machine of a ledger.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="options">What it is given.</param>
    /// <param name="book">The nodes that are known.</param>
    /// <param name="numbers">Under which numbers it asks; of its own by default.</param>
    /// <exception cref="ArgumentException">The profile names no <see cref="ConsensusSpec"/>.</exception>
    public PeerCore(ChainProfile profile, PeerOptions options, IAddressBook book, PeerNumbers? numbers = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(book);
        HashedBlock genesis = GenesisBlock.Create(profile).Block;
        if (profile.Consensus is not ConsensusSpec spec) throw new ArgumentException("The profile's consensus parameters must be a ConsensusSpec, which builds the rule.", nameof(profile));
        _output = new PeerOutput(numbers);
        ConsensusParts parts = spec.Build(profile, genesis.Id);
        _ledger = new LedgerPeers(profile, parts, options, _output);
        _opener = new LedgerOpener(_output);
        _opener.Add(_ledger);
        _switch = new PeerSwitch(_output, options, book, _opener, parts.Topics?.Topics ?? []);
    }

    /// <summary>What is known of the connections and of the synchronisation, between two steps.</summary>
    public PeerStatus Status => _ledger.StatusOf(_switch.Peers);

    /// <summary>How many headers are kept whose bodies are not asked for yet.</summary>
    public int HeadersKept => _ledger.HeadersKept;

    /// <summary>Whether the node has all that its peers have claimed; false without any.</summary>
    public bool IsSynchronised => _ledger.IsSynchronised;

    /// <summary>The connections, between two steps.</summary>
    public IReadOnlyCollection<Peer> Peers => _switch.Peers;

    /// <summary>What the next run is to know of this one, between two steps.</summary>
    public SavedPeers Saved => _switch.Saved;

    /// <summary>What the pool has ready, as far as that was said.</summary>
    public IEnumerable<HashedTransaction> Pool => _ledger.Pool;

    /// <summary>Takes what the pool has ready already, before anyone is connected.</summary>
    public void Restore(IEnumerable<HashedTransaction> pool) => _ledger.Restore(pool);

    /// <summary>Returns about how many bytes are kept of a peer, or wait for it; what it was asked for is charged to the question.</summary>
    public long BytesOf(PeerId id) => _switch.Find(id) is { } peer ? peer.Unsent + _ledger.BytesOf(peer) : 0;

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
            case PeerInput network:
                TakeFromNetwork(network);
                break;
            default:
                _ledger.TakeFromChain(input, _switch);
                break;
        }
    }

    private void TakeFromNetwork(PeerInput input)
    {
        switch (input)
        {
            case PeerInput.Connected connected:
                _switch.Connect(connected);
                return;
            case PeerInput.DialFailed failed:
                _switch.DialFailed(failed);
                return;
            case PeerInput.EntryPeerAdded added:
                _switch.Add(added.Peer);
                return;
            case PeerInput.Closed closed:
                _switch.Close(closed);
                return;
        }

        if (input.From.IsOwn)
        {
            _ledger.TakeAnswer(input);
            _opener.OfferWaiting();
            return;
        }

        if (_switch.Find(input.From) is not { } peer) return;
        if (input is PeerInput.Written written)
            peer.Unsent -= written.Bytes;
        else if (!peer.IsClosing)
            TakeFrom(peer, input);
    }

    private void TakeFrom(Peer peer, PeerInput input)
    {
        if (input is PeerInput.Faulted faulted)
        {
            _output.Close(peer, ByeReason.ProtocolFault, faulted.Text);
            return;
        }

        if (!_switch.TryTake(peer, input)) _ledger.TakeFrom(peer, input);
    }

    private void Look()
    {
        _ledger.Look();
        _switch.Look();
        _switchDue = _switch.Due;
    }

    /// <summary>Sets the timer for what is due next, unless it runs out before that.</summary>
    private void SetTimer()
    {
        SteadyTime due = _ledger.Due, soonest = _output.Steady.Plus(s_soonest);
        if (_switchDue < due) due = _switchDue;
        if (due < soonest) due = soonest;
        if (due >= _set) return;
        _set = due;
        _output.Emit(new NodeEffect.SetTimer(Timer, due));
    }
}
