using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.P2P.Internal;

namespace Coniunctum;

/// <summary>A node's <see cref="InputQueue"/> between threads: any of them adds, one takes.</summary>
internal sealed class InputChannel : INodeInputs
{
    private readonly InputQueue _queue = new();
    private readonly Lock _gate = new();

    // Says that there is something to take; nothing else goes through it.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly LinkedList<(NodeInput Input, TaskCompletionSource<bool> IsTaken)> _withoutRoom = [];
    private bool _isEnded;

    /// <summary>Adds an input.</summary>
    /// <returns>Whether it will be taken: not where it is a peer's and there is no room, nor behind the end.</returns>
    public bool TryAdd(NodeInput input)
    {
        lock (_gate)
        {
            if (_isEnded || !_queue.TryAdd(input)) return false;
        }

        _signal.Writer.TryWrite(true);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(NodeInput input)
    {
        lock (_gate)
        {
            if (_isEnded) return new ValueTask<bool>(false);
            if (!_queue.TryAdd(input))
            {
                TaskCompletionSource<bool> isTaken = Answers.New<bool>();
                _withoutRoom.AddLast((input, isTaken));
                return new ValueTask<bool>(isTaken.Task);
            }
        }

        _signal.Writer.TryWrite(true);
        return new ValueTask<bool>(true);
    }

    /// <summary>Takes nothing more; what waits is still given out.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            foreach ((_, TaskCompletionSource<bool> isTaken) in _withoutRoom) isTaken.TrySetResult(false);
            _withoutRoom.Clear();
        }

        _signal.Writer.TryComplete();
    }

    /// <summary>Gives out the inputs, the most urgent first, until the end.</summary>
    public async IAsyncEnumerable<NodeInput> ReadAllAsync()
    {
        bool isOpen;
        do
        {
            isOpen = await _signal.Reader.WaitToReadAsync().ConfigureAwait(false);
            // Before looking: what is added behind the last look signals anew.
            _signal.Reader.TryRead(out _);
            while (TryTake(out NodeInput? input)) yield return input;
        }
        while (isOpen);
    }

    private bool TryTake([NotNullWhen(true)] out NodeInput? input)
    {
        lock (_gate)
        {
            if (!_queue.TryTake(out input)) return false;
            if (_withoutRoom.Count > 0) AddThoseWithoutRoom();
            return true;
        }
    }

    /// <summary>Something was taken: there may be room now, for those who waited longest first.</summary>
    private void AddThoseWithoutRoom()
    {
        for (LinkedListNode<(NodeInput Input, TaskCompletionSource<bool> IsTaken)>? node = _withoutRoom.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (!_queue.TryAdd(node.Value.Input)) continue;
            node.Value.IsTaken.TrySetResult(true);
            _withoutRoom.Remove(node);
        }
    }
}
