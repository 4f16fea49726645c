using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// The inputs of a node that wait for their step: four queues, so that no flood of blocks or transactions delays the answers of
/// store and workers, timers, or votes. The most urgent kind is taken first, within a kind what came first; a kind that was passed
/// over 16 times is taken next, so that none waits for ever. Single-threaded, like the node.
/// </summary>
/// <remarks>May change in any release.
/// <para>
/// What peers send is bounded by number and by bytes for each kind; what does not fit is not taken, and whoever passed it on tells
/// the sender that the node is busy. The bounds are peers' alone: answers are as many as was asked for, a timer is one for each
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
            NodeInput.TimerFired or NodeInput.MessageArrived or NodeInput.FromNetwork => InputKind.Message,
            NodeInput.BlockArrived or NodeInput.Continued or NodeInput.RevertRequested => InputKind.Block,
            NodeInput.TransactionArrived => InputKind.Transaction,
            _ => throw new InvalidOperationException($"No queue takes {input.GetType()}."),
        };
    }

    /// <summary>Adds an input at the end of its kind.</summary>
    /// <param name="input">The input.</param>
    /// <returns>Whether there was room for it; always, unless a peer sent it.</returns>
    public bool TryAdd(NodeInput input)
    {
        bool isAdded = _lines[(int)KindOf(input) - 1].TryAdd(input, PeersBytes(input));
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

    /// <summary>Returns what an input takes of the room that peers have, or <c>null</c> where it is no peer's.</summary>
    private static int? PeersBytes(NodeInput input) => input switch
    {
        NodeInput.BlockArrived { From.IsOwn: false } arrived => arrived.Block.Encoded.Length,
        NodeInput.TransactionArrived { From.IsOwn: false } arrived => arrived.Transaction.Size,
        NodeInput.MessageArrived { From.IsOwn: false } arrived => arrived.Content.Length,
        NodeInput.FromNetwork network => network.Size,
        _ => null,
    };

    /// <summary>The inputs of one kind.</summary>
    private sealed class Line(int mostOfPeers, long mostBytesOfPeers)
    {
        private readonly Queue<(NodeInput Input, int? PeersBytes)> _inputs = new();
        private int _count;
        private long _bytes;

        public bool IsEmpty => _inputs.Count == 0;

        /// <summary>How often others were taken while this kind waited.</summary>
        public int Passes { get; set; }

        public bool TryAdd(NodeInput input, int? peersBytes)
        {
            if (peersBytes is { } bytes)
            {
                // An item of the largest legal size is taken as long as anything is.
                if (_count >= mostOfPeers || _bytes >= mostBytesOfPeers) return false;
                _count++;
                _bytes += bytes;
            }

            _inputs.Enqueue((input, peersBytes));
            return true;
        }

        public NodeInput Take()
        {
            (NodeInput input, int? peersBytes) = _inputs.Dequeue();
            Passes = 0;
            if (peersBytes is not { } bytes) return input;
            _count--;
            _bytes -= bytes;
            return input;
        }

        public void Clear()
        {
            _inputs.Clear();
            (_count, _bytes, Passes) = (0, 0, 0);
        }
    }
}
