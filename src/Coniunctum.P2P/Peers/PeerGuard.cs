using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger.Internal;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// Keeps what goes wrong in a peer machine away from its node. An exception closes the connection whose input it was; a second one
/// within a minute closes them all, and a new machine begins with the address book, the entry peers and the pool. Nothing is lost by
/// that: the machine holds nothing durable. In tests and simulations the machine runs without it, so that what goes wrong is noticed.
/// </summary>
/// <remarks>
/// What the machine had emitted before it failed is carried out: it counts on it, and whoever awaits an answer gets it. What it would
/// have emitted behind that is not; deadlines that it did not set are looked at a second later.
/// </remarks>
internal sealed class PeerGuard<TCore> : IPeerMachine
    where TCore : class, IPeerCore
{
    private const int MostAdded = 1_024;
    private const string Anew = "this node begins its connections anew";

    private static readonly TimeSpan s_close = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Func<PeerNumbers, TCore> _make;
    private readonly PeerNumbers _numbers = new();
    private readonly ClosingNoted _effects = new();
    private readonly List<EntryPeer> _added = [];

    // Connections that the machine has, and those that were closed here: of these nothing counts but their end.
    private readonly HashSet<PeerId> _connections = [];
    private readonly HashSet<PeerId> _left = [];
    private NodeInput.Started? _started;
    private SteadyTime? _failed;

    // When the machine hears that the node has started.
    private SteadyTime? _begins;

    /// <summary>Begins with a machine.</summary>
    /// <param name="make">Makes a machine that asks under given numbers.</param>
    public PeerGuard(Func<PeerNumbers, TCore> make)
    {
        _make = make;
        Core = make(_numbers);
    }

    /// <summary>The machine, which may be another one after each step.</summary>
    public TCore Core { get; private set; }

    /// <summary>How often a machine has failed.</summary>
    public long Failures { get; private set; }

    /// <summary>How one failed last, for people; <c>null</c> where none has.</summary>
    public string? LastFailure { get; private set; }

    public void Step(IPeerInput input, NodeTime now, IEffectSink<IPeerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(effects);
        _effects.Target = effects;
        if (!TryNote(input)) return;
        if (_begins <= now.Steady)
        {
            _begins = null;
            Run(_started!, now);
        }

        Run(input, now);
    }

    /// <summary>Notes what a later machine is to know; false for what concerns no one any more.</summary>
    private bool TryNote(IPeerInput input)
    {
        switch (input)
        {
            case NodeInput.Started started:
                _started = started;
                return true;
            case PeerInput.EntryPeerAdded added:
                if (_added.Count < MostAdded && !_added.Contains(added.Peer)) _added.Add(added.Peer);
                return true;
            case PeerInput.Connected connected:
                _connections.Add(connected.From);
                if (_begins is not null) Leave(connected.From, Anew);
                return _begins is null;
            case PeerInput.Closed closed:
                _connections.Remove(closed.From);
                _left.Remove(closed.From);
                _effects.Closing.Remove(closed.From);
                return true;
            case PeerInput network:
                return !_left.Contains(network.From);
            default:
                return true;
        }
    }

    /// <summary>Whose connection an input came by, or whose block, transaction or message it is about.</summary>
    private PeerId? ConnectionOf(IPeerInput input)
    {
        PeerId from = input switch
        {
            PeerInput network => network.From,
            NodeEffect.BlockJudged judged => judged.From,
            NodeEffect.BlockSettled settled => settled.From,
            NodeEffect.TransactionJudged judged => judged.From,
            NodeEffect.HeaderJudged judged => judged.From,
            NodeEffect.MessageJudged judged => judged.From,
            NodeEffect.FetchBlock fetch => fetch.From,
            _ => default,
        };
        return _connections.Contains(from) ? from : null;
    }

    private void Run(IPeerInput input, NodeTime now)
    {
        try
        {
            Core.Step(input, now, _effects);
        }
#pragma warning disable CA1031 // Whatever a peer makes the machine throw: the ledger goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failures++;
            LastFailure = $"{exception.GetType().Name}: {ExceptionText.MessageOf(exception)}";
            if (_failed is { } failed && now.Steady - failed <= s_close)
            {
                Replace(now);
            }
            else
            {
                _failed = now.Steady;
                if (ConnectionOf(input) is { } connection) Leave(connection, "this node failed at what came of it");
            }

            _effects.Emit(new NodeEffect.SetTimer(PeerCore.Timer, now.Steady.Plus(s_pause)));
        }
    }

    /// <summary>Closes a connection that the machine may still take for one that stands.</summary>
    private void Leave(PeerId id, string text)
    {
        _left.Add(id);
        if (!_effects.Closing.Add(id)) return;
        _effects.Emit(new PeerEffect.SendMessage(id, 0, new Bye(ByeReason.Other, text), WireLimits.ReasonBytes));
        _effects.Emit(new PeerEffect.Close(id, text));
    }

    /// <summary>Begins anew, a second later: one that fails at once does not keep the node from its work.</summary>
    private void Replace(NodeTime now)
    {
        foreach (PeerId id in _connections) Leave(id, Anew);
        TCore next = _make(_numbers);
        next.Restore(Core.Pool);
        foreach (EntryPeer peer in _added) next.Step(new PeerInput.EntryPeerAdded(peer), now, _effects);
        (Core, _failed) = (next, null);
        if (_started is not null) _begins ??= now.Steady.Plus(s_pause);
    }

    /// <summary>Passes effects on, and notes which connections are being closed: behind Bye nothing more is said.</summary>
    private sealed class ClosingNoted : IEffectSink<IPeerEffect>
    {
        public IEffectSink<IPeerEffect>? Target { get; set; }

        public HashSet<PeerId> Closing { get; } = [];

        public void Emit(IPeerEffect effect)
        {
            if (effect is PeerEffect.Close close) Closing.Add(close.To);
            Target!.Emit(effect);
        }
    }
}
