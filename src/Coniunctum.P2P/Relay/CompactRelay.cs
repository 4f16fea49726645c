using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Relay;

/// <summary>
/// New blocks without the transactions that are here already: short ids stand in for them. What is missing is asked for; where that
/// does not work out, by a collision, a transaction that is not the block's, or a peer that does not answer, the whole block is.
/// </summary>
internal sealed class CompactRelay(
    ChainProfile profile, IConsensusRule rule, PeerOutput output, ChainMirror chain, BodyFetcher fetcher, BlockRelay blocks, TransactionRelay transactions, CompactSender sender)
    : IPeerProtocol, ICompactBlocks
{
    private const int MostPending = 16;
    private const int MostOfPeer = 2;
    private const int MostPrefilled = 64 * 1_024;

    private static readonly TimeSpan s_answerTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_partsTime = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Peer, Queue<Pending>> _questions = [];
    private readonly Dictionary<BlockId, Pending> _pending = [];
    private readonly Dictionary<JobId, Pending> _jobs = [];

    public SteadyTime Due => _pending.Values.Select(pending => pending.Deadline).DefaultIfEmpty(new SteadyTime(TimeSpan.MaxValue)).Min();

    public void Open(Peer peer) => _questions[peer] = new Queue<Pending>();

    public void Close(Peer peer)
    {
        _questions.Remove(peer);
        foreach (Pending pending in _pending.Values.Where(pending => pending.Peer == peer).ToArray()) _pending.Remove(pending.Id);
    }

    public bool TryTake(Peer peer, PeerInput input)
    {
        switch (input)
        {
            case PeerInput.CompactReceived received:
                Take(peer, received);
                return true;
            case PeerInput.PartsReceived received:
                TakeParts(peer, received);
                return true;
            case PeerInput.Received { Message: GetCompact asked }:
                sender.TrySend(peer, new BlockId(asked.BlockId));
                return true;
            case PeerInput.Received { Message: GetParts asked }:
                sender.Answer(peer, asked);
                return true;
            default:
                return false;
        }
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case NodeEffect.TipMoved moved:
                foreach (HashedBlock block in moved.Connected) sender.Add(block);
                break;
            case PeerInput.BlockAssembled assembled when _jobs.Remove(assembled.Job, out Pending? pending):
                if (_pending.GetValueOrDefault(pending.Id) == pending) Finish(pending, assembled.Block);
                break;
            default:
                break;
        }
    }

    public void Look()
    {
        foreach (Pending late in _pending.Values.Where(pending => output.Steady >= pending.Deadline).ToArray()) FallBack(late);
    }

    public bool IsPending(BlockId id) => _pending.ContainsKey(id);

    public bool TryAsk(Peer peer, BlockId id)
    {
        if (transactions.Pool.Count == 0 || _pending.ContainsKey(id) || fetcher.IsAsked(id) || !HasRoom(peer)) return false;
        _pending.Add(id, new Pending(id, peer) { Deadline = output.Steady.Plus(s_answerTime) });
        output.Send(peer, new GetCompact(id.Value));
        return true;
    }

    public long BytesOf(Peer peer) =>
        _pending.Values.Where(pending => pending.Peer == peer).Union(_questions.GetValueOrDefault(peer) ?? []).Sum(pending => pending.Bytes);

    private bool HasRoom(Peer peer) => _pending.Count < MostPending && _pending.Values.Count(pending => pending.Peer == peer) < MostOfPeer;

    private void Take(Peer peer, PeerInput.CompactReceived received)
    {
        HeaderView view = received.Head.View;
        BlockId id = view.Id;
        if (rule.CheckAlone(view) is { Kind: VerdictKind.Invalid } verdict)
        {
            output.Close(peer, ByeReason.ProtocolFault, $"an invalid header: {verdict}");
            return;
        }

        if (blocks.TryCertify(peer, received.Head))
        {
            _pending.Remove(id);
            return;
        }

        bool wasAsked = _pending.TryGetValue(id, out Pending? asked) && asked.Places is null;
        if (wasAsked) _pending.Remove(id);
        bool isOfUse = chain.HasOrJudges(view.Header.Previous) && !chain.HasOrJudges(id) && !_pending.ContainsKey(id) && !fetcher.IsAsked(id) && HasRoom(peer);
        var pending = new Pending(id, peer) { Deadline = output.Steady.Plus(s_partsTime) };
        if (isOfUse) _pending.Add(id, pending);
        // As a source of the block it is as good as whoever has announced it.
        blocks.TakeAnnounced(peer, view);
        if (isOfUse && !TryFill(pending, received)) FallBack(pending);
    }

    /// <summary>Puts in what is here, and asks for the rest; returns whether the block can be had so.</summary>
    private bool TryFill(Pending pending, PeerInput.CompactReceived received)
    {
        ReadOnlySpan<byte> ids = received.Message.ShortIds.Span;
        int count = received.Prefilled.Length + ids.Length / WireLimits.ShortIdBytes;
        int prefilledBytes = received.Prefilled.Sum(transaction => transaction.Size);
        if (count > WireLimits.BlockTransactions || prefilledBytes > MostPrefilled) return false;
        pending.Head = received.Head;
        pending.Places = new HashedTransaction?[count];
        pending.Bytes = prefilledBytes + (long)count * 2 * sizeof(ulong);
        for (int i = 0; i < received.Prefilled.Length; i++) pending.Places[received.Message.Prefilled[i].Index] = received.Prefilled[i];

        var shortIds = new ShortIds(pending.Id, received.Message.Salt);
        pending.Ids = shortIds;
        var wanted = new Dictionary<ulong, int>(count);
        for (int place = 0; place < count; place++)
        {
            if (pending.Places[place] is not null) continue;
            // Two of the block's own with one short id cannot be told apart.
            if (!wanted.TryAdd(ShortIds.Read(ids), place)) return false;
            ids = ids[WireLimits.ShortIdBytes..];
        }

        foreach (HashedTransaction transaction in transactions.Pool)
        {
            if (!wanted.TryGetValue(shortIds.Of(transaction.Leaf), out int place)) continue;
            if (pending.Places[place] is not null) return false;
            pending.Places[place] = transaction;
        }

        pending.Wanted = [.. wanted.Where(pair => pending.Places[pair.Value] is null).OrderBy(pair => pair.Value).Select(pair => (pair.Value, pair.Key))];
        if (pending.Wanted.IsEmpty) return TryAssemble(pending);
        Queue<Pending> questions = _questions[pending.Peer];
        if (questions.Count >= KindTable.Of(MessageKind.GetParts)!.MaxOutstanding) return false;
        byte[] bitmap = new byte[(count + 7) / 8];
        foreach ((int place, _) in pending.Wanted) bitmap[place / 8] |= (byte)(0x80 >> (place % 8));
        questions.Enqueue(pending);
        output.Send(pending.Peer, new GetParts(pending.Id.Value, bitmap), bitmap.Length);
        return true;
    }

    private void TakeParts(Peer peer, PeerInput.PartsReceived received)
    {
        if (!_questions[peer].TryDequeue(out Pending? pending) || pending.Id != received.Block)
        {
            output.Close(peer, ByeReason.ProtocolFault, "parts of a block that were not asked for");
            return;
        }

        bool isWaitedFor = _pending.GetValueOrDefault(pending.Id) == pending;
        if (received.Items.IsEmpty)
        {
            if (isWaitedFor) FallBack(pending);
            return;
        }

        // The peer itself has said of each place which one belongs there.
        bool areThose = received.Items.Length == pending.Wanted.Length;
        for (int i = 0; areThose && i < pending.Wanted.Length; i++)
        {
            areThose = pending.Ids.Of(received.Items[i].Leaf) == pending.Wanted[i].ShortId;
            pending.Places![pending.Wanted[i].Place] = received.Items[i];
        }

        if (!areThose)
            output.Close(peer, ByeReason.ProtocolFault, "other transactions of a block than were asked for");
        else if (isWaitedFor && !TryAssemble(pending))
            FallBack(pending);
    }

    /// <summary>Has the block put together and hashed, beside the machine.</summary>
    private bool TryAssemble(Pending pending)
    {
        if (pending.Places!.Sum(transaction => (long)transaction!.Size) > profile.Limits.MaxBlockBytes) return false;
        JobId job = output.NextJob();
        _jobs.Add(job, pending);
        pending.Deadline = output.Steady.Plus(s_partsTime);
        output.Emit(new PeerEffect.AssembleBlock(job, pending.Head!, [.. pending.Places!.Select(transaction => transaction!)]));
        return true;
    }

    private void Finish(Pending pending, HashedBlock? block)
    {
        if (block is null || block.ComputedMerkleRoot != block.Header.MerkleRoot || block.IsMutated)
        {
            // One in the pool has the short id of another in the block: no one's fault.
            FallBack(pending);
            return;
        }

        _pending.Remove(pending.Id);
        blocks.NoteCome(pending.Id);
        if (chain.HasOrJudges(pending.Id)) return;
        fetcher.NoteReceived();
        chain.Give(output, block, pending.Peer.Id);
    }

    /// <summary>The whole block is asked for.</summary>
    private void FallBack(Pending pending)
    {
        _pending.Remove(pending.Id);
        blocks.Fetch(pending.Peer, pending.Id);
    }

    private sealed class Pending(BlockId id, Peer peer)
    {
        public BlockId Id { get; } = id;

        public Peer Peer { get; } = peer;

        public SteadyTime Deadline { get; set; }

        public PeerHead? Head { get; set; }

        /// <summary>The transactions as far as they are here; <c>null</c> while not even their short ids are.</summary>
        public HashedTransaction?[]? Places { get; set; }

        public ShortIds Ids { get; set; }

        /// <summary>What is asked for.</summary>
        public ImmutableArray<(int Place, ulong ShortId)> Wanted { get; set; } = [];

        public long Bytes { get; set; }
    }
}
