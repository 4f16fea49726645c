using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Relay;

/// <summary>
/// Transactions: what joins the pool is announced by its leaf, what others announce is pulled, of one peer at a time. A leaf covers
/// the signature, so that whoever sends a bad one is at fault.
/// </summary>
internal sealed class TransactionRelay(IBlockFormat format, PeerOutput output, PeerOptions options) : IPeerProtocol
{
    private const int MostHeld = 5_000;
    private const int KnownOfPeer = 8_192;
    private const int MostRefused = 16_384;
    private const int MostAnswerBytes = 500 * 1_024;

    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly Dictionary<Peer, Side> _sides = [];
    private readonly Dictionary<Hash256, HashedTransaction> _pool = [];
    private readonly Dictionary<TransactionId, Hash256> _leaves = [];
    private readonly Dictionary<Hash256, Wanted> _wanted = [];
    private readonly RecentSet<Hash256> _refused = new(MostRefused);
    private SteadyTime _send = new(TimeSpan.MaxValue);
    private SteadyTime _ask = new(TimeSpan.MaxValue);
    private SteadyTime _asked;
    private long _tickets;
    private bool _late;

    public SteadyTime Due => _send < _ask ? _send : _ask;

    /// <summary>What the pool has ready, as far as that was said.</summary>
    public IReadOnlyCollection<HashedTransaction> Pool => _pool.Values;

    /// <summary>Takes what the pool has ready already, before anyone is connected.</summary>
    public void Restore(IEnumerable<HashedTransaction> pool)
    {
        foreach (HashedTransaction transaction in pool)
            if (_pool.TryAdd(transaction.Leaf, transaction)) _leaves[transaction.Id] = transaction.Leaf;
    }

    public void Open(Peer peer)
    {
        var side = new Side();
        _sides[peer] = side;
        foreach (Hash256 leaf in _pool.Keys.Take(MostHeld)) side.News.Enqueue(leaf);
        side.LacksSome = _pool.Count > MostHeld;
        if (side.News.Count > 0) Schedule();
    }

    public void Close(Peer peer)
    {
        if (!_sides.Remove(peer)) return;
        foreach ((Hash256 leaf, Wanted wanted) in _wanted.ToArray()) Drop(leaf, wanted, peer);
    }

    public bool TryTake(Peer peer, PeerInput input)
    {
        switch (input)
        {
            case PeerInput.Received { Message: Have have }:
                TakeLeaves(peer, have.Leaves);
                return true;
            case PeerInput.Received { Message: Candidate candidate }:
                // A hint: only what may be pulled of it counts.
                TakeLeaves(peer, candidate.Leaves);
                return true;
            case PeerInput.Received { Message: GetTransactions asked }:
                Answer(peer, asked.Leaves);
                return true;
            case PeerInput.TransactionsReceived received:
                TakeAnswer(peer, received);
                return true;
            default:
                return false;
        }
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case NodeEffect.TransactionMoved { To: PoolStatus.Ready } moved:
                Announce(moved.Transaction);
                break;
            case NodeEffect.TransactionDropped dropped:
                Remove(dropped.Transaction);
                break;
            case NodeEffect.TipMoved moved:
                foreach (HashedTransaction transaction in moved.Connected.SelectMany(block => block.Transactions)) Confirm(transaction);
                break;
            case ProducerInput.Prepared prepared:
                Hint(prepared.Candidate);
                break;
            case NodeEffect.TransactionJudged judged:
                if (!judged.Admission.IsValid && !judged.Admission.IsWaiting && judged.Admission.Rule != PoolRule.Busy) _refused.Add(judged.Transaction.Leaf);
                break;
            default:
                break;
        }
    }

    public void Look()
    {
        if (output.Steady >= _send) SendNews();
        if (output.Steady >= _ask) AskDue();
    }

    public long BytesOf(Peer peer) => _sides.TryGetValue(peer, out Side? side)
        ? (side.News.Count + 3L * side.Known.Count + 4L * side.Held + side.InFlight) * Hash256.Size
        : 0;

    private void Announce(HashedTransaction transaction)
    {
        if (!_pool.TryAdd(transaction.Leaf, transaction)) return;
        _leaves[transaction.Id] = transaction.Leaf;
        if (_wanted.Remove(transaction.Leaf, out Wanted? wanted)) Release(wanted);
        foreach (Side side in _sides.Values)
        {
            if (side.Known.Contains(transaction.Leaf)) continue;
            if (side.News.Count < MostHeld)
                side.News.Enqueue(transaction.Leaf);
            else
                side.LacksSome = true;
        }

        Schedule();
    }

    private void Confirm(HashedTransaction transaction)
    {
        // In a block its leaf may be another, where leaves depend on their place.
        Hash256 leaf = Remove(transaction);
        if (_wanted.Remove(leaf, out Wanted? wanted)) Release(wanted);
        _refused.Add(leaf);
    }

    private Hash256 Remove(HashedTransaction transaction)
    {
        if (!_leaves.Remove(transaction.Id, out Hash256 leaf)) leaf = transaction.Leaf;
        _pool.Remove(leaf);
        return leaf;
    }

    private void Schedule()
    {
        if (_send == s_never) _send = output.Steady.Plus(options.TransactionDelay);
    }

    private void SendNews()
    {
        _send = s_never;
        foreach ((Peer peer, Side side) in _sides)
        {
            // Who does not read waits: what is confirmed meanwhile need not be announced.
            if (peer.Unsent >= Peer.MaxUnsent)
            {
                _late |= side.News.Count > 0;
                continue;
            }

            var leaves = ImmutableArray.CreateBuilder<Hash256>();
            while (leaves.Count < WireLimits.Leaves && side.News.TryDequeue(out Hash256 leaf))
                if (_pool.ContainsKey(leaf) && side.Known.Add(leaf)) leaves.Add(leaf);
            if (leaves.Count > 0) output.Send(peer, new Have(leaves.ToImmutable()), leaves.Count * Hash256.Size);
            if (side.News.Count > 0) Schedule();
        }

        if (_late && _send == s_never) _send = output.Steady.Plus(s_pause);
        _late = false;
    }

    /// <summary>
    /// Shares what a block is being made of, once a tip, with those who were not told of the whole pool: so they learn of what pays
    /// best before the block comes. Who was told of all could learn nothing by it.
    /// </summary>
    private void Hint(BlockDraft candidate)
    {
        KeyValuePair<Peer, Side>[] lacking =
            [.. _sides.Where(pair => pair.Value.LacksSome && pair.Value.Hinted != candidate.Header.Previous && pair.Key.Unsent < Peer.MaxUnsent)];
        if (lacking.Length == 0) return;
        var chosen = new HashSet<Transaction>(candidate.Transactions, ReferenceEqualityComparer.Instance);
        Hash256[] leaves = [.. _pool.Where(pair => chosen.Contains(pair.Value.Transaction)).Select(pair => pair.Key).Take(WireLimits.CandidateLeaves)];
        byte[] header = HeaderOf(candidate);
        foreach ((Peer peer, Side side) in lacking)
        {
            side.Hinted = candidate.Header.Previous;
            ImmutableArray<Hash256> news = [.. leaves.Where(side.Known.Add)];
            if (news.Length > 0) output.Send(peer, new Candidate(header, news), header.Length + (news.Length * Hash256.Size));
        }
    }

    private byte[] HeaderOf(BlockDraft candidate)
    {
        var buffer = new ArrayBufferWriter<byte>(WireLimits.HeaderBytes);
        var writer = new CanonicalWriter(buffer);
        format.Codec.WriteHeader(ref writer, candidate.Header);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void TakeLeaves(Peer peer, ImmutableArray<Hash256> leaves)
    {
        Side side = _sides[peer];
        foreach (Hash256 leaf in leaves)
        {
            side.Known.Add(leaf);
            if (_pool.ContainsKey(leaf) || _refused.Contains(leaf) || side.Held >= MostHeld) continue;
            if (!_wanted.TryGetValue(leaf, out Wanted? wanted))
            {
                bool mayWait = !peer.IsOutbound && _sides.Keys.Any(other => other.IsOutbound);
                _wanted.Add(leaf, wanted = new Wanted { Due = mayWait ? output.Steady.Plus(options.InboundDelay) : output.Steady });
            }

            if (wanted.Sources.Contains(peer)) continue;
            // Outbound first: those this node has chosen by itself.
            wanted.Sources.Insert(peer.IsOutbound ? 0 : wanted.Sources.Count, peer);
            if (peer.IsOutbound && wanted.Asked is null) wanted.Due = output.Steady;
            side.Held++;
            AskSoon(wanted.Due);
        }
    }

    /// <summary>Looks at what is wanted at a time, or a moment later: each look goes through all of it.</summary>
    private void AskSoon(SteadyTime due)
    {
        SteadyTime soonest = _asked.Plus(s_gather);
        if (due < soonest) due = soonest;
        if (due < _ask) _ask = due;
    }

    private void AskDue()
    {
        (_ask, _asked) = (s_never, output.Steady);
        var asks = new Dictionary<Peer, List<Hash256>>();
        foreach ((Hash256 leaf, Wanted wanted) in _wanted.ToArray())
        {
            if (wanted.Due > output.Steady)
            {
                if (wanted.Due < _ask) _ask = wanted.Due;
                continue;
            }

            // It did not come in time: the next one is asked.
            if (wanted.Asked is { } late) Drop(leaf, wanted, late);
            if (!_wanted.ContainsKey(leaf)) continue;
            Peer? next = wanted.Sources.Find(peer => _sides[peer].InFlight < WireLimits.TransactionsInFlight);
            if (next is null) continue;
            (wanted.Asked, wanted.Due) = (next, output.Steady.Plus(s_patience));
            if (wanted.Due < _ask) _ask = wanted.Due;
            _sides[next].InFlight++;
            if (!asks.TryGetValue(next, out List<Hash256>? leaves)) asks.Add(next, leaves = []);
            leaves.Add(leaf);
        }

        foreach ((Peer peer, List<Hash256> leaves) in asks)
        {
            _sides[peer].Questions.Enqueue([.. leaves]);
            output.Send(peer, new GetTransactions([.. leaves]), leaves.Count * Hash256.Size);
        }
    }

    private void TakeAnswer(Peer peer, PeerInput.TransactionsReceived received)
    {
        Side side = _sides[peer];
        if (!side.Questions.TryDequeue(out ImmutableArray<Hash256> asked) || asked.Length != received.Items.Length)
        {
            output.Close(peer, ByeReason.ProtocolFault, "an answer without a question");
            return;
        }

        side.InFlight -= asked.Length;
        for (int i = 0; i < asked.Length; i++)
        {
            if (received.Items[i] is { } transaction)
            {
                if (transaction.Leaf != asked[i])
                {
                    output.Close(peer, ByeReason.ProtocolFault, "another transaction than the one that was asked for");
                    return;
                }

                if (_wanted.Remove(asked[i], out Wanted? come)) Release(come);
                output.Emit(new NodeInput.TransactionArrived(++_tickets, transaction, MayWait: true, peer.Id));
            }
            else if (_wanted.TryGetValue(asked[i], out Wanted? wanted))
            {
                Drop(asked[i], wanted, peer);
            }
        }

        // There is room for others.
        AskSoon(output.Steady);
    }

    private void Answer(Peer peer, ImmutableArray<Hash256> leaves)
    {
        int bytes = 0;
        var items = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>?>(leaves.Length);
        foreach (Hash256 leaf in leaves)
        {
            ReadOnlyMemory<byte>? item = null;
            if (_pool.TryGetValue(leaf, out HashedTransaction? transaction) && !transaction.Encoded.IsEmpty && bytes + transaction.Size <= MostAnswerBytes)
            {
                item = transaction.Encoded;
                bytes += transaction.Size;
            }

            items.Add(item);
        }

        output.Send(peer, new Wire.Messages.Transactions(items.MoveToImmutable()), bytes);
    }

    /// <summary>A peer does not give a transaction: the next one is asked.</summary>
    private void Drop(Hash256 leaf, Wanted wanted, Peer peer)
    {
        if (wanted.Sources.Remove(peer) && _sides.TryGetValue(peer, out Side? side)) side.Held--;
        if (wanted.Asked == peer) (wanted.Asked, wanted.Due) = (null, output.Steady);
        if (wanted.Sources.Count == 0)
            _wanted.Remove(leaf);
        else
            AskSoon(wanted.Due);
    }

    private void Release(Wanted wanted)
    {
        foreach (Peer source in wanted.Sources)
            if (_sides.TryGetValue(source, out Side? side)) side.Held--;
    }

    private sealed class Wanted
    {
        public List<Peer> Sources { get; } = [];

        public Peer? Asked { get; set; }

        public SteadyTime Due { get; set; }
    }

    private sealed class Side
    {
        public Queue<Hash256> News { get; } = new();

        /// <summary>Leaves that it has announced or was told of.</summary>
        public RecentSet<Hash256> Known { get; } = new(KnownOfPeer);

        /// <summary>Whether some of the pool was left out of its news, for want of room.</summary>
        public bool LacksSome { get; set; }

        /// <summary>The tip on which it was told last what a block is being made of.</summary>
        public BlockId Hinted { get; set; }

        /// <summary>How many leaves are wanted of it.</summary>
        public int Held { get; set; }

        public int InFlight { get; set; }

        public Queue<ImmutableArray<Hash256>> Questions { get; } = new();
    }
}
