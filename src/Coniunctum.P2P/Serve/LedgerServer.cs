using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Serve;

/// <summary>
/// Answers peers from what is durable: headers in ranges and beside the best chain, blocks as they are stored, certificates, proofs; and the last blocks that are not durable. Of each peer one question is being
/// read at a time, and none while much waits to be sent to it.
/// </summary>
internal sealed class LedgerServer(PeerOutput output, RecentBlocks published, RecentBlocks sides) : IPeerProtocol
{
    // What a list and its heads take beside what they carry.
    private const int ListBytes = 16;
    private const int MostHeadersBytes = 2_048 * 1_024 - ListBytes;

    private readonly Dictionary<Peer, Queue<WireMessage>> _questions = [];
    private readonly Dictionary<JobId, (Peer Peer, WireMessage Question)> _reading = [];
    private readonly HashSet<Peer> _busy = [];

    public SteadyTime Due => new(TimeSpan.MaxValue);

    /// <summary>Blocks that were sent.</summary>
    public long BlocksServed { get; private set; }

    public void Open(Peer peer) => _questions[peer] = new Queue<WireMessage>();

    public void Close(Peer peer)
    {
        _questions.Remove(peer);
        _busy.Remove(peer);
        foreach ((JobId job, (Peer asker, _)) in _reading.ToArray())
            if (asker == peer) _reading.Remove(job);
    }

    public bool TryTake(Peer peer, PeerInput input)
    {
        if (input is not PeerInput.Received { Message: var message }) return false;
        switch (message)
        {
            case GetBlocks blocks:
                // One by one: others have their turn in between.
                foreach (Hash256 id in blocks.Ids) _questions[peer].Enqueue(new GetBlocks([id]));
                break;
            case GetHeaders or GetCertificates or GetSides or GetProof or GetInclusion or GetAncestry:
                _questions[peer].Enqueue(message);
                break;
            default:
                if (NothingFor(message) is not { } nothing) return false;
                output.Send(peer, nothing);
                return true;
        }

        Next(peer);
        return true;
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case PeerInput.HeadsRead read when _reading.Remove(read.Job, out var asked):
                SendHeaders(asked.Peer, read.Heads);
                break;
            case PeerInput.BlocksRead read when _reading.Remove(read.Job, out var asked):
                // What is durable goes as it is stored: of what was published the certificate is missing.
                Hash256 id = ((GetBlocks)asked.Question).Ids[0];
                SendBlock(asked.Peer, id, read.Blocks[0] ?? (published.Find(new BlockId(id)) ?? sides.Find(new BlockId(id)))?.Encoded);
                break;
            case PeerInput.SidesRead read when _reading.Remove(read.Job, out var asked):
                Done(asked.Peer, new Sides(read.Heads), read.Bytes);
                break;
            case PeerInput.CertificatesRead read when _reading.Remove(read.Job, out var asked):
                Done(asked.Peer, new Certificates(read.Certificates), read.Certificates.Sum(item => item?.Length ?? 0));
                break;
            case PeerInput.ProofRead read when _reading.Remove(read.Job, out var asked):
                Done(asked.Peer, ProofFor(asked.Question, read.Bytes), read.Bytes?.Length ?? 0);
                break;
            default:
                break;
        }
    }

    public void Look()
    {
        foreach (Peer peer in _questions.Keys) Next(peer);
    }

    /// <summary>What this node does not have yet is answered so at once: snapshots.</summary>
    private static WireMessage? NothingFor(WireMessage message) => message switch
    {
        GetManifest manifest => new Manifest(manifest.Height, []),
        GetShard shard => new Shard(shard.Height, shard.Index, null),
        _ => null,
    };

    public long BytesOf(Peer peer) => _questions.TryGetValue(peer, out Queue<WireMessage>? questions) ? questions.Sum(BytesOf) : 0;

    private static long BytesOf(WireMessage question) => question.Units * 64L + 1_024 + (question is GetProof proof ? proof.Keys.Sum(key => key.Length) : 0);

    private void Next(Peer peer)
    {
        if (peer.IsClosing || peer.Unsent >= Peer.MaxUnsent || _busy.Contains(peer) || !_questions[peer].TryDequeue(out WireMessage? question)) return;
        JobId job = output.NextJob();
        _busy.Add(peer);
        _reading.Add(job, (peer, question));
        output.Emit(question switch
        {
            GetHeaders headers => new PeerEffect.ReadHeadsBehind(
                job, [.. headers.Locator.Select(id => new BlockId(id))], headers.Stop is { } stop ? new BlockId(stop) : null, WireLimits.Headers),
            GetBlocks blocks => new PeerEffect.ReadBlocks(job, [.. blocks.Ids.Select(id => new BlockId(id))]),
            GetSides beside => new PeerEffect.ReadSides(job, beside.Height),
            GetProof proof => new PeerEffect.ReadStateProof(job, new BlockId(proof.BlockId), proof.Keys),
            GetInclusion inclusion => new PeerEffect.ReadInclusion(job, new BlockId(inclusion.BlockId), inclusion.Leaf),
            GetAncestry ancestry => new PeerEffect.ReadAncestry(job, new BlockId(ancestry.BlockId), ancestry.Height),
            GetCertificates certificates => new PeerEffect.ReadCertificates(job, [.. certificates.Ids.Select(id => new BlockId(id))]),
            _ => throw new InvalidOperationException($"{question.Kind} is not answered from the store."),
        });
    }

    private void SendHeaders(Peer peer, ImmutableArray<DurableHead> heads)
    {
        int bytes = 0;
        var items = ImmutableArray.CreateBuilder<EncodedHead>(heads.Length);
        foreach (EncodedHead head in heads.Select(head => head.Encoded))
        {
            if (bytes + head.Size > MostHeadersBytes) break;
            bytes += head.Size;
            items.Add(head);
        }

        Done(peer, new Headers(items.ToImmutable()), bytes);
    }

    private void SendBlock(Peer peer, Hash256 id, ReadOnlyMemory<byte>? block)
    {
        if (block is not { } bytes)
        {
            Done(peer, new Missing([id]), 0);
            return;
        }

        BlocksServed++;
        Done(peer, new Wire.Messages.Block(bytes), bytes.Length);
    }

    private static WireMessage ProofFor(WireMessage question, ReadOnlyMemory<byte>? proof) => question switch
    {
        GetProof asked => new Proof(asked.BlockId, proof),
        GetInclusion asked => new Inclusion(asked.BlockId, proof),
        GetAncestry asked => new Ancestry(asked.BlockId, proof),
        _ => throw new InvalidOperationException($"{question.Kind} is not answered with a proof."),
    };

    private void Done(Peer peer, WireMessage answer, int bytes)
    {
        _busy.Remove(peer);
        output.Send(peer, answer, bytes);
        Next(peer);
    }
}
