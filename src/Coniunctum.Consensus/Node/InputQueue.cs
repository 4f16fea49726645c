using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// The inputs of a node that wait for their step: four queues, so that no flood of blocks or transactions delays the answers of
/// store and workers, timers, or votes. The most urgent kind is taken first, within a kind what came first; a kind that was passed
/// over 16 times is taken next, so that none waits for ever. Single-threaded, like the node.
/// </summary>
/// <remarks>May change in any release.
/// <para>
/// What peers send is bounded by number and by bytes for each kind, and each peer by an eighth of that, but one that has nothing
/// here is always taken: no one is kept out for others' sake. What does not fit is not taken, and whoever passed it on tells the
/// sender that the node is busy. The bounds are peers' alone: answers are as many as was asked for, a timer is one for each
/// name, and the node's own users wait before their blocks and transactions come here.
/// </para>
/// <para>
/// What was put off of a branch waits among the blocks, in the order of time: those that came before are looked at first, so that
/// their signatures are verified while the branch is executed. A <see cref="NodeInput.RevertRequested"/> waits there too: it
/// concerns the chain as it is behind the blocks that came before it. A <see cref="NodeInput.PoolRestored"/> belongs to the start.
/// </para>
/// </remarks>
public sealed class InputQueue
{
    // One peer gets this part of the peers' room.
    private const int MostOfRoom = 8;

    // Each kind that waits has at least this share of the steps: one in so many.
    private const int MostPasses = 16;

    private readonly Line[] _lines =
    [
        new(int.MaxValue, long.MaxValue),
        // A round of votes of the largest set, each by itself, or 16 proposals with blocks of the largest size.
        new(4_096, 16L << 20),
        // A minute of blocks of the largest size at one a second.
        new(1_024, 64L << 20),
        // What the pool's checks take in about a second.
        new(8_192, 16L << 20),
    ];

    /// <summary>How many inputs wait.</summary>
    public int Count { get; private set; }

    /// <summary>Returns what an input is to the queue.</summary>
    /// <param name="input">The input.</param>
    public static InputKind KindOf(NodeInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input switch
        {
            NodeInput.Started or NodeInput.PoolRestored or NodeInput.Committed or NodeInput.SignaturesVerified or NodeInput.JobDone or NodeInput.Failed => InputKind.Answer,
            NodeInput.TimerFired or NodeInput.MessageArrived => InputKind.Message,
            NodeInput.BlockArrived or NodeInput.HeaderArrived or NodeInput.Continued or NodeInput.RevertRequested => InputKind.Block,
            NodeInput.TransactionArrived => InputKind.Transaction,
            NodeInput.FromNetwork network => network.Kind,
            _ => throw new InvalidOperationException($"No queue takes {input.GetType()}."),
        };
    }

    /// <summary>Adds an input at the end of its kind.</summary>
    /// <param name="input">The input.</param>
    /// <returns>Whether there was room for it; always, unless a peer sent it.</returns>
    public bool TryAdd(NodeInput input)
    {
        bool isAdded = _lines[(int)KindOf(input) - 1].TryAdd(input, RoomOf(input));
        if (isAdded) Count++;
        return isAdded;
    }

    /// <summary>Takes the input whose step is next.</summary>
    /// <param name="input">The input; <c>null</c> when none waits.</param>
    public bool TryTake([NotNullWhen(true)] out NodeInput? input)
    {
        Line? first = null, overdue = null;
        foreach (Line line in _lines)
        {
            if (line.IsEmpty) continue;
            if (first is null)
                first = line;
            else if (++line.Passes > MostPasses)
                overdue ??= line;
        }

        Line? next = overdue ?? first;
        if (next is not null) Count--;
        input = next?.Take();
        return input is not null;
    }

    /// <summary>Forgets all that waits.</summary>
    public void Clear()
    {
        foreach (Line line in _lines) line.Clear();
        Count = 0;
    }

    /// <summary>Returns whose room an input takes, and how many bytes of it; one's own where it takes none of the peers'.</summary>
    private static (PeerId From, int Bytes) RoomOf(NodeInput input) => input switch
    {
        NodeInput.BlockArrived arrived => (arrived.From, arrived.Block.Encoded.Length),
        NodeInput.HeaderArrived arrived => (arrived.From, arrived.Header.Seal.Length + (arrived.Certificate?.Length ?? 0)),
        NodeInput.TransactionArrived arrived => (arrived.From, arrived.Transaction.Size),
        NodeInput.MessageArrived arrived => (arrived.From, arrived.Content.Length + (arrived.Block?.Encoded.Length ?? 0)),
        NodeInput.FromNetwork network => (network.From, network.Size),
        _ => default,
    };

    /// <summary>The inputs of one kind.</summary>
    private sealed class Line(int mostOfPeers, long mostBytesOfPeers)
    {
        private readonly Queue<(NodeInput Input, PeerId From, int Bytes)> _inputs = new();
        private readonly Dictionary<PeerId, (int Count, long Bytes)> _byPeer = [];
        private int _count;
        private long _bytes;

        public bool IsEmpty => _inputs.Count == 0;

        /// <summary>How often others were taken while this kind waited.</summary>
        public int Passes { get; set; }

        public bool TryAdd(NodeInput input, (PeerId From, int Bytes) room)
        {
            if (!room.From.IsOwn)
            {
                (int count, long bytes) = _byPeer.GetValueOrDefault(room.From);
                bool isFull = _count >= mostOfPeers || _bytes >= mostBytesOfPeers || count >= mostOfPeers / MostOfRoom || bytes >= mostBytesOfPeers / MostOfRoom;
                if (isFull && count > 0) return false;
                Charge(room.From, 1, room.Bytes);
            }

            _inputs.Enqueue((input, room.From, room.Bytes));
            return true;
        }

        public NodeInput Take()
        {
            (NodeInput input, PeerId from, int bytes) = _inputs.Dequeue();
            Passes = 0;
            if (!from.IsOwn) Charge(from, -1, -bytes);
            return input;
        }

        public void Clear()
        {
            _inputs.Clear();
            _byPeer.Clear();
            (_count, _bytes, Passes) = (0, 0, 0);
        }

        private void Charge(PeerId from, int count, int bytes)
        {
            _count += count;
            _bytes += bytes;
            (int Count, long Bytes) held = _byPeer.GetValueOrDefault(from);
            if (held.Count + count == 0)
                _byPeer.Remove(from);
            else
                _byPeer[from] = (held.Count + count, held.Bytes + bytes);
        }
    }
}
