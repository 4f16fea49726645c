using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.P2P.Relay;
using Coniunctum.P2P.Serve;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Topics;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// The part of a peer machine that is about one ledger: it joins the small protocols, each a class of its own, and gives each what
/// concerns it. Which peers have the ledger it is told.
/// </summary>
internal sealed class LedgerPeers : IOfferedLedger
{
    private const long MiB = 1_024 * 1_024;

    private readonly bool _countsSides;
    private readonly PeerOutput _output;
    private readonly ChainMirror _chain = new();
    private readonly BodyFetcher _bodies;
    private readonly Synchronisation _sync;
    private readonly TransactionRelay _transactions;
    private readonly IPeerProtocol[] _protocols;
    private JobId _tip;

    /// <summary>Begins without peers.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="parts">The rule that it is under.</param>
    /// <param name="options">What the machine is given.</param>
    /// <param name="output">How it speaks.</param>
    public LedgerPeers(ChainProfile profile, ConsensusParts parts, PeerOptions options, PeerOutput output)
    {
        _output = output;
        _bodies = new BodyFetcher(_output);
        _countsSides = options.CountsSides;
        RecentBlocks published = new(16, 16 * MiB), sides = new(1_024, 64 * MiB);
        _sync = new Synchronisation(profile, parts, _countsSides, options.KeptHeaders, _output, _bodies, _chain);
        _transactions = new TransactionRelay(profile.Format, _output, options);
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
    }

    /// <inheritdoc/>
    public BlockId? ChainId { get; private set; }

    /// <inheritdoc/>
    public byte Channel => _output.Channel;

    /// <inheritdoc/>
    public Open? Offer => ChainId is { } id && _chain.Tip is { } tip ? new Open(id.Value, 0, 0, tip.Height, tip.ChainWeight.ToBytes(), tip.Id.Value, tip.Encoded.Certificate) : null;

    /// <summary>The durable tip; <c>null</c> until it was read.</summary>
    public DurableHead? Tip => _chain.Tip;

    /// <summary>How many headers are kept whose bodies are not asked for yet.</summary>
    public int HeadersKept => _sync.HeadersKept;

    /// <summary>Whether the node has all that its peers have claimed; false without any.</summary>
    public bool IsSynchronised => _sync.IsSynchronised;

    /// <summary>What the pool has ready, as far as that was said.</summary>
    public IEnumerable<HashedTransaction> Pool => _transactions.Pool;

    /// <summary>When one of the protocols wants to be looked at again.</summary>
    public SteadyTime Due
    {
        get
        {
            var due = new SteadyTime(TimeSpan.MaxValue);
            foreach (IPeerProtocol protocol in _protocols)
                if (protocol.Due is var next && next < due) due = next;
            return due;
        }
    }

    /// <summary>Takes what the pool has ready already, before anyone is connected.</summary>
    public void Restore(IEnumerable<HashedTransaction> pool) => _transactions.Restore(pool);

    /// <summary>Returns what is known of connections and of the synchronisation.</summary>
    public PeerStatus StatusOf(IEnumerable<Peer> peers) => PeerStatus.Of(peers, _sync, _bodies);

    /// <summary>Returns about how many bytes are kept of a peer.</summary>
    public long BytesOf(Peer peer) => _protocols.Sum(protocol => protocol.BytesOf(peer));

    /// <summary>The node has started: reads its tip.</summary>
    public void Start(BlockId chainId)
    {
        ChainId = chainId;
        _tip = _output.NextJob();
        _output.Emit(new PeerEffect.ReadLocator(_tip));
    }

    /// <summary>Takes the answer to a question of its own.</summary>
    public void TakeAnswer(PeerInput input)
    {
        if (input is PeerInput.LocatorRead read && read.Job == _tip) _chain.TakeTip(read.Tip);
        Observe(input);
    }

    /// <summary>Takes what a peer has sent.</summary>
    public void TakeFrom(Peer peer, PeerInput input)
    {
        // What comes about a ledger that was shut meanwhile is of no use.
        if (!peer.IsOpen) return;
        foreach (IPeerProtocol protocol in _protocols)
            if (protocol.TryTake(peer, input)) return;
    }

    /// <inheritdoc/>
    public bool IsOfferedFirst(Peer peer) => true;

    /// <inheritdoc/>
    public void TakeOpen(Peer peer, Open open)
    {
        (peer.Height, peer.Weight, peer.Tip) = (open.Height, Work.FromBytes(open.Weight), new BlockId(open.Tip));
        peer.HadOtherTip = !_chain.Has(peer.Tip);
    }

    /// <inheritdoc/>
    public void Join(Peer peer)
    {
        foreach (IPeerProtocol protocol in _protocols) protocol.Open(peer);
    }

    /// <inheritdoc/>
    public void Leave(Peer peer)
    {
        foreach (IPeerProtocol protocol in _protocols) protocol.Close(peer);
    }

    /// <summary>Looks at what is due.</summary>
    public void Look()
    {
        foreach (IPeerProtocol protocol in _protocols) protocol.Look();
    }

    /// <summary>Takes what the chain or the producer says.</summary>
    /// <param name="input">What it says.</param>
    /// <param name="connections">Whom it may be about.</param>
    public void TakeFromChain(IPeerInput input, IConnections connections)
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
                if (judged is { IsPending: false, Verdict.IsValid: true }) connections.NoteBlock(judged.From);
                Blame(connections, judged.From, judged.Blame, judged.Verdict.Message);
                break;
            case NodeEffect.BlockSettled settled:
                if (!_chain.IsOnBestChain(settled.Block.Id)) _chain.TakeVerdict(settled.Block.Id, settled.Verdict);
                if (settled.Verdict.IsValid) connections.NoteBlock(settled.From);
                // Where blocks weigh that are not executed, they are passed on so: only what can be seen before is their sender's fault.
                if (!_countsSides || settled.Blame == Consensus.Blame.Copy) Blame(connections, settled.From, settled.Blame, settled.Verdict.Message);
                break;
            case NodeEffect.HeaderJudged judged:
                Blame(connections, judged.From, judged.Blame, judged.Verdict.Message);
                break;
            case NodeEffect.MessageJudged judged:
                Blame(connections, judged.From, judged.Blame, $"a message of the topic {judged.Topic} that no honest node sends");
                break;
            case NodeEffect.TransactionJudged { Admission.Verdict: { Kind: VerdictKind.Invalid, Rule: BlockRule.SignatureInvalid } verdict } judged:
                // Its leaf covers the signature: the sender has verified nothing.
                Blame(connections, judged.From, Consensus.Blame.Identity, verdict.Message);
                break;
            case NodeEffect.TransactionJudged { Admission.IsValid: true } judged:
                connections.NoteTransaction(judged.From);
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
    private void Blame(IConnections connections, PeerId from, Blame blame, string text)
    {
        if (blame == Consensus.Blame.None || connections.Find(from) is not { } peer) return;
        _output.Close(peer, ByeReason.ProtocolFault, text);
    }
}
