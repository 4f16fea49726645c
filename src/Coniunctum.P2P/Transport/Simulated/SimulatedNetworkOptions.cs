using System.IO.Pipelines;

namespace Coniunctum.P2P.Transport.Simulated;

/// <summary>What a simulated network is like.</summary>
internal sealed record SimulatedNetworkOptions
{
    /// <summary>Where what a node awaits goes on. Default: within the timer that brings it about.</summary>
    public PipeScheduler NodeScheduler { get; init; } = PipeScheduler.Inline;

    /// <summary>Where what the network awaits of a node goes on: the thread that moves the clock. Default: where the node reads or writes, which then is that thread.</summary>
    public PipeScheduler NetworkScheduler { get; init; } = PipeScheduler.Inline;

    /// <summary>How long a byte is under way from one node to another, at least one tick.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many bytes a second a node sends, and as many receives, over all its connections together.</summary>
    public long BytesPerSecond { get; init; } = 10_000_000;

    /// <summary>How many bytes of one direction of a connection may be under way and unread before the sender waits.</summary>
    public int WindowBytes { get; init; } = 128 * 1_024;

    /// <summary>How long a node waits for an answer when it connects.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
