using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// The connections of a process whose ledgers share them, without I/O: what <see cref="PeerSwitch"/> does, and which ledger is open on
/// which connection. Single-threaded: one step at a time, each of which is one call.
/// </summary>
internal sealed class SwitchCore
{
    // Others have their turn in between, whatever is due.
    private static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(1);

    private readonly PeerOutput _output = new();
    private readonly LedgerOpener _opener;
    private readonly PeerSwitch _switch;
    private SteadyTime _set = new(TimeSpan.MaxValue);

    /// <summary>Begins without connections and ledgers.</summary>
    /// <param name="options">What it is given.</param>
    /// <param name="book">The nodes that are known.</param>
    public SwitchCore(PeerOptions options, IAddressBook book)
    {
        _opener = new LedgerOpener(_output);
        _switch = new PeerSwitch(_output, options, book, _opener, []);
    }

    /// <summary>The connections, between two steps.</summary>
    public IReadOnlyCollection<Peer> Peers => _switch.Peers;

    /// <summary>Does one thing, and looks at what is due.</summary>
    /// <param name="act">What is done; it may call the methods below.</param>
    /// <param name="now">What the clocks show.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    public void Step(Action<SwitchCore> act, NodeTime now, IEffectSink<IPeerEffect> effects)
    {
        _output.Begin(now, effects);
        act(this);
        _opener.OfferFirst();
        _switch.Look();
        SetTimer();
        _output.End();
    }

    /// <summary>Takes what a connection says.</summary>
    public void Take(NodeInput input)
    {
        switch (input)
        {
            case NodeInput.TimerFired:
                _set = new SteadyTime(TimeSpan.MaxValue);
                break;
            case PeerInput.Connected connected:
                _switch.Connect(connected);
                break;
            case PeerInput.DialFailed failed:
                _switch.DialFailed(failed);
                break;
            case PeerInput.Closed closed:
                _switch.Close(closed);
                break;
            case PeerInput network when _switch.Find(network.From) is { } peer:
                if (network is PeerInput.Written written)
                    peer.Unsent -= written.Bytes;
                else if (peer.IsClosing)
                    break;
                else if (network is PeerInput.Faulted faulted)
                    _output.Close(peer, ByeReason.ProtocolFault, faulted.Text);
                else
                    _switch.TryTake(peer, network);
                break;
            default:
                break;
        }
    }

    /// <summary>Names a node that is dialled again and again.</summary>
    public void AddEntry(EntryPeer entry) => _switch.Add(entry);

    /// <summary>Whether a peer is a certain node, as far as that is known.</summary>
    public bool IsAt(Peer peer, EntryPeer entry) => entry.Node is { } node ? peer.Node == node : _switch.IsAt(peer, entry.Endpoint);

    /// <summary>Adds a ledger.</summary>
    public void Add(IOfferedLedger ledger) => _opener.Add(ledger);

    /// <summary>A ledger's tip has moved, or is known.</summary>
    public void OfferWaiting() => _opener.OfferWaiting();

    /// <summary>Shuts a ledger wherever it is open or offered.</summary>
    public void Remove(IOfferedLedger ledger)
    {
        foreach (Peer peer in _opener.Remove(ledger, ShutReason.Stopping)) _switch.NoteShut(peer);
    }

    /// <summary>Shuts a ledger on one connection, after its own machine has failed at it.</summary>
    public void Part(IOfferedLedger ledger, PeerId id)
    {
        if (_switch.Find(id) is not { } peer) return;
        _opener.Part(ledger, peer, ShutReason.Halted);
        _switch.NoteShut(peer);
    }

    /// <summary>Ends a connection, for what was said of a ledger on it.</summary>
    public void Blame(PeerId id, ByeReason reason, string text)
    {
        if (_switch.Find(id) is { } peer) _output.Close(peer, reason, text);
    }

    /// <summary>Notes that a block, or a transaction, of a peer was one.</summary>
    public void NoteUseful(PeerEffect.NoteUseful note)
    {
        if (note.IsBlock)
            _switch.NoteBlock(note.From);
        else
            _switch.NoteTransaction(note.From);
    }

    private void SetTimer()
    {
        SteadyTime due = _switch.Due, soonest = _output.Steady.Plus(s_soonest);
        if (due < soonest) due = soonest;
        if (due >= _set) return;
        _set = due;
        _output.Emit(new NodeEffect.SetTimer(PeerCore.Timer, due));
    }
}
