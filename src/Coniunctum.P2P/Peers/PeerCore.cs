using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.P2P.Relay;
using Coniunctum.P2P.Serve;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Topics;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// The peer machine of one ledger, without I/O: it joins the small protocols, each a class of its own, and gives each what concerns
/// it. Nothing of it is durable.
/// </summary>
internal sealed class PeerCore : IPeerMachine
{
    /// <summary>The machine's only timer; whenever it runs out, all that is due is looked at.</summary>
    public static readonly TimerId Timer = new("next");

    // Others have their turn in between, whatever is due.
    private static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(1);
    private const long MiB = 1_024 * 1_024;

    private readonly bool _countsSides;
    private readonly PeerOutput _output;
    private readonly ChainMirror _chain = new();
    private readonly BodyFetcher _bodies;
    private readonly Synchronisation _sync;
    private readonly TransactionRelay _transactions;
    private readonly PeerSwitch _switch;
    private readonly LedgerOpener _ledger;
    private readonly IPeerProtocol[] _protocols;
    private SteadyTime _set = new(TimeSpan.MaxValue);
    private SteadyTime _switchDue;
    private JobId _tip;

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
        _bodies = new BodyFetcher(_output);
        ConsensusParts parts = spec.Build(profile, genesis.Id);
        _countsSides = options.CountsSides;
        RecentBlocks published = new(16, 16 * MiB), sides = new(1_024, 64 * MiB);
        _sync = new Synchronisation(profile, parts, _countsSides, options.KeptHeaders, _output, _bodies, _chain);
        _transactions = new TransactionRelay(_output, options);
        var sender = new CompactSender(profile.Format, _output, options.Entropy);
        var blocks = new BlockRelay(_output, _bodies, _chain, _sync, sender, published);
        var compact = new CompactRelay(profile, parts.Rule, _output, _chain, _bodies, blocks, _transactions, sender);
        blocks.Compact = compact;
        IPeerProtocol[] beside = _countsSides ? [new SideRelay(_output, _bodies, _chain, _sync, blocks, sides)] : [];
        _protocols =
        [
            new BodyAnswers(_bodies, _output), _sync, .. beside, compact, blocks, _transactions,
            new Submissions(_output), new TopicRelay(parts, _output, _bodies, published, _chain), new LedgerServer(_output, published, sides),
        ];
        _ledger = new LedgerOpener(_output, _chain, _protocols);
        _switch = new PeerSwitch(_output, options, book, _ledger, parts.Topics?.Topics ?? []);
    }

    /// <summary>What is known of the connections and of the synchronisation, between two steps.</summary>
    public PeerStatus Status => PeerStatus.Of(_switch.Peers, _sync, _bodies);

    /// <summary>How many headers are kept whose bodies are not asked for yet.</summary>
    public int HeadersKept => _sync.HeadersKept;

    /// <summary>Whether the node has all that its peers have claimed; false without any.</summary>
    public bool IsSynchronised => _sync.IsSynchronised;

    /// <summary>The connections, between two steps.</summary>
    public IReadOnlyCollection<Peer> Peers => _switch.Peers;

    /// <summary>What the next run is to know of this one, between two steps.</summary>
    public SavedPeers Saved => _switch.Saved;

    /// <summary>What the pool has ready, as far as that was said.</summary>
    public IEnumerable<HashedTransaction> Pool => _transactions.Pool;

    /// <summary>Takes what the pool has ready already, before anyone is connected.</summary>
    public void Restore(IEnumerable<HashedTransaction> pool) => _transactions.Restore(pool);

    /// <summary>Returns about how many bytes are kept of a peer, or wait for it; what it was asked for is charged to the question.</summary>
    public long BytesOf(PeerId id) => _switch.Find(id) is { } peer ? peer.Unsent + _protocols.Sum(protocol => protocol.BytesOf(peer)) : 0;

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
                _ledger.ChainId = started.ChainId;
                _tip = _output.NextJob();
                _output.Emit(new PeerEffect.ReadLocator(_tip));
                break;
            case NodeInput.TimerFired:
                _set = new SteadyTime(TimeSpan.MaxValue);
                break;
            case PeerInput network:
                TakeFromNetwork(network);
                break;
            default:
                TakeFromChain(input);
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
            if (input is PeerInput.LocatorRead read && read.Job == _tip) _chain.TakeTip(read.Tip);
            Observe(input);
            _ledger.OfferWaiting();
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

        // What comes about a ledger that was shut meanwhile is of no use.
        if (_switch.TryTake(peer, input) || !peer.IsOpen) return;
        foreach (IPeerProtocol protocol in _protocols)
            if (protocol.TryTake(peer, input)) return;
    }

    private void TakeFromChain(IPeerInput input)
    {
        switch (input)
        {
            case NodeEffect.TipMoved moved:
                _chain.TakeMove(moved);
                break;
            case NodeEffect.BranchRefused refused:
                _chain.TakeRefusal(refused);
                break;
            case NodeEffect.BlockJudged judged:
                _chain.TakeVerdict(judged.Block.Id, judged.Verdict);
                if (judged is { IsPending: false, Verdict.IsValid: true }) _switch.NoteBlock(judged.From);
                Blame(judged.From, judged.Blame, judged.Verdict.Message);
                break;
            case NodeEffect.BlockSettled settled:
                if (!_chain.IsOnBestChain(settled.Block.Id)) _chain.TakeVerdict(settled.Block.Id, settled.Verdict);
                if (settled.Verdict.IsValid) _switch.NoteBlock(settled.From);
                // Where blocks weigh that are not executed, they are passed on so: only what can be seen before is their sender's fault.
                if (!_countsSides || settled.Blame == Consensus.Blame.Copy) Blame(settled.From, settled.Blame, settled.Verdict.Message);
                break;
            case NodeEffect.HeaderJudged judged:
                Blame(judged.From, judged.Blame, judged.Verdict.Message);
                break;
            case NodeEffect.MessageJudged judged:
                Blame(judged.From, judged.Blame, $"a message of the topic {judged.Topic} that no honest node sends");
                break;
            case NodeEffect.TransactionJudged { Admission.Verdict: { Kind: VerdictKind.Invalid, Rule: BlockRule.SignatureInvalid } verdict } judged:
                // Its leaf covers the signature: the sender has verified nothing.
                Blame(judged.From, Consensus.Blame.Identity, verdict.Message);
                break;
            case NodeEffect.TransactionJudged { Admission.IsValid: true } judged:
                _switch.NoteTransaction(judged.From);
                break;
            default:
                break;
        }

        Observe(input);
    }

    private void Observe(IPeerInput input)
    {
        foreach (IPeerProtocol protocol in _protocols) protocol.Observe(input);
    }

    /// <summary>Ends the connection with whoever is proven to be at fault.</summary>
    private void Blame(PeerId from, Blame blame, string text)
    {
        if (blame == Consensus.Blame.None || _switch.Find(from) is not { } peer) return;
        _output.Close(peer, ByeReason.ProtocolFault, text);
    }

    private void Look()
    {
        foreach (IPeerProtocol protocol in _protocols) protocol.Look();
        _switch.Look();
        _switchDue = _switch.Due;
    }

    /// <summary>Sets the timer for what is due next, unless it runs out before that.</summary>
    private void SetTimer()
    {
        SteadyTime due = _switchDue, soonest = _output.Steady.Plus(s_soonest);
        foreach (IPeerProtocol protocol in _protocols)
            if (protocol.Due is var next && next < due) due = next;
        if (due < soonest) due = soonest;
        if (due >= _set) return;
        _set = due;
        _output.Emit(new NodeEffect.SetTimer(Timer, due));
    }
}
