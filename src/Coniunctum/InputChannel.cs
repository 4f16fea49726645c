using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;

namespace Coniunctum;

/// <summary>A node's <see cref="InputQueue"/> between threads: any of them adds, one takes.</summary>
internal sealed class InputChannel
{
    private readonly InputQueue _queue = new();
    private readonly Lock _gate = new();

    // Says that there is something to take; nothing else goes through it.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
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

    /// <summary>Takes nothing more; what waits is still given out.</summary>
    public void End()
    {
        lock (_gate) _isEnded = true;
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
        lock (_gate) return _queue.TryTake(out input);
    }
}
