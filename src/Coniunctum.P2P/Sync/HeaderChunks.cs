using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Sync;

/// <summary>
/// The headers of a branch that is too long to be kept before it is known to weigh enough: of each 2,000 that were judged only the last
/// identity stays, to which all of them lead. Once the branch outweighs, they are fetched again, several chunks at once, of whoever has
/// them, and given on in order.
/// </summary>
/// <param name="output">How it speaks.</param>
/// <param name="rule">Judges a header by itself.</param>
internal sealed class HeaderChunks(PeerOutput output, IConsensusRule rule)
{
    /// <summary>Headers of a chunk: as many as come at once.</summary>
    public const int Size = WireLimits.Headers;

    // How many chunks are fetched ahead of the first that is missing.
    private const int Ahead = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    // The identity before the first chunk, and the last one of each.
    private readonly List<BlockId> _ends = [];
    private readonly Dictionary<int, Chunk> _chunks = [];
    private ulong _height;
    private int _next;
    private SteadyTime _retry;

    /// <summary>How many identities are kept.</summary>
    public int Count => _ends.Count;

    /// <summary>How many headers that were fetched again wait for their turn.</summary>
    public int Held => _chunks.Values.Sum(chunk => chunk.Heads.Count);

    /// <summary>Whether all that was put away was given on.</summary>
    public bool IsDone => _next >= _ends.Count - 1;

    public SteadyTime Due => IsDone ? s_never
        : _chunks.Values.Where(chunk => chunk.Asked is not null).Select(chunk => chunk.Deadline).Append(_retry).Min();

    /// <summary>Begins anew behind a block.</summary>
    public void Clear()
    {
        _ends.Clear();
        _chunks.Clear();
        (_next, _height) = (0, 0);
    }

    /// <summary>Puts away the next chunk, of which the last identity is kept.</summary>
    /// <param name="heads">As many headers as a chunk has, judged, in order.</param>
    public void Add(IReadOnlyList<HeaderView> heads)
    {
        if (_ends.Count == 0)
        {
            _ends.Add(heads[0].Header.Previous);
            _height = heads[0].Height - 1;
        }

        _ends.Add(heads[^1].Id);
    }

    /// <summary>Whether a peer was asked for a chunk and has not answered.</summary>
    public bool IsAskedOf(Peer peer) => _chunks.Values.Any(chunk => chunk.Asked == peer);

    /// <summary>A peer is gone.</summary>
    public void Close(Peer peer)
    {
        foreach (Chunk chunk in _chunks.Values) chunk.Lose(peer);
    }

    /// <summary>Asks peers for the chunks that are next.</summary>
    /// <param name="peers">Whoever may be asked, the best first: no question about headers is open with any of them.</param>
    /// <returns>Those that were asked.</returns>
    public IReadOnlyList<Peer> Assign(IEnumerable<Peer> peers)
    {
        foreach (Chunk late in _chunks.Values.Where(chunk => chunk.Asked is not null && output.Steady >= chunk.Deadline)) late.Lose(late.Asked!);
        // Those who did not have the first, or held it up, are asked again when no other has it.
        if (output.Steady >= _retry)
        {
            _retry = output.Steady.Plus(s_patience);
            if (_chunks.TryGetValue(_next, out Chunk? first)) first.Lacking.Clear();
        }

        List<Peer> free = [.. peers], asked = [];
        for (int index = _next; index < Math.Min(_ends.Count - 1, _next + Ahead) && free.Count > 0; index++)
        {
            if (!_chunks.TryGetValue(index, out Chunk? chunk)) _chunks.Add(index, chunk = new Chunk());
            if (chunk.Asked is not null || chunk.Heads.Count == Size) continue;
            ulong end = _height + ((ulong)index + 1) * Size;
            if (free.Find(peer => peer.Height >= end && !chunk.Lacking.Contains(peer)) is not { } next) continue;
            free.Remove(next);
            asked.Add(next);
            (chunk.Asked, chunk.Deadline) = (next, output.Steady.Plus(s_patience));
            BlockId behind = chunk.Heads.Count == 0 ? _ends[index] : chunk.Heads[^1].Id;
            output.Send(next, new GetHeaders([behind.Value], _ends[index + 1].Value));
        }

        return asked;
    }

    /// <summary>Takes what a peer has of the chunk that it was asked for; closes the connection where it proves a fault.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="heads">Headers that follow each other.</param>
    /// <param name="mayBeMore">Whether more did not fit into the message.</param>
    /// <returns>Whether the chunk, or a part of it, has come.</returns>
    public bool TryTake(Peer peer, ImmutableArray<PeerHead> heads, bool mayBeMore)
    {
        (int index, Chunk chunk) = _chunks.First(pair => pair.Value.Asked == peer);
        chunk.Asked = null;
        BlockId behind = chunk.Heads.Count == 0 ? _ends[index] : chunk.Heads[^1].Id;
        if (!heads.IsEmpty && heads[0].View.Header.Previous != behind)
        {
            output.Close(peer, ByeReason.ProtocolFault, "headers that are not behind the locator");
            return false;
        }

        chunk.Heads.AddRange(heads.Take(Size - chunk.Heads.Count).Select(head => head.View));
        bool isWhole = chunk.Heads.Count == Size && chunk.Heads[^1].Id == _ends[index + 1];
        if (isWhole || mayBeMore && chunk.Heads.Count < Size) return true;

        // Its chain may be another one, whose headers are as good by themselves.
        if (heads.Any(head => rule.CheckAlone(head.View) is { Kind: VerdictKind.Invalid }))
            output.Close(peer, ByeReason.ProtocolFault, "an invalid header");
        chunk.Heads.Clear();
        chunk.Lacking.Add(peer);
        return false;
    }

    /// <summary>Returns the headers of the next chunk, once they are here.</summary>
    public IReadOnlyList<HeaderView>? TakeNext()
    {
        if (!_chunks.TryGetValue(_next, out Chunk? chunk) || chunk.Heads.Count < Size) return null;
        _chunks.Remove(_next++);
        return chunk.Heads;
    }

    private sealed class Chunk
    {
        public List<HeaderView> Heads { get; } = [];

        public HashSet<Peer> Lacking { get; } = [];

        public Peer? Asked { get; set; }

        public SteadyTime Deadline { get; set; }

        /// <summary>A peer does not give it.</summary>
        public void Lose(Peer peer)
        {
            if (Asked != peer) return;
            Asked = null;
            Heads.Clear();
            Lacking.Add(peer);
        }
    }
}
