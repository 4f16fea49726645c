using System.Diagnostics.CodeAnalysis;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport.Simulated;

/// <summary>
/// A network in memory, on a clock that is given to it: everything happens in its timers, in the order in which they were made where
/// their times are equal. So a run is the same each time, as long as one thread moves the clock and nodes do their work on it.
/// </summary>
internal sealed class SimulatedNetwork(TimeProvider clock, SimulatedNetworkOptions options)
{
    private readonly Dictionary<NodeEndpoint, SimulatedTransport> _listeners = [];
    private readonly Dictionary<NodeId, NodeCapacity> _capacities = [];
    private readonly Dictionary<(NodeId, NodeId), TaskCompletionSource> _cuts = [];
    private readonly List<SimulatedConnection> _connections = [];
    private int _nextPort = 40_000;

    public SimulatedNetworkOptions Options => options;

    /// <summary>Makes a node's transport at an address of its own.</summary>
    public SimulatedTransport Join(NodeId id, NodeEndpoint address) => new(this, id, address);

    /// <summary>From now on nothing passes between two nodes: what was sent waits, as TCP would send it again; who connects gets no answer.</summary>
    public void Cut(NodeId one, NodeId other) => _cuts.TryAdd(Key(one, other), new TaskCompletionSource());

    /// <summary>Ends a cut.</summary>
    public void Heal(NodeId one, NodeId other)
    {
        if (_cuts.Remove(Key(one, other), out TaskCompletionSource? cut)) cut.SetResult();
    }

    /// <summary>Leaves all connections between two nodes half open, as a machine does that loses its power: no side is reported, nothing arrives any more.</summary>
    public void LeaveHalfOpen(NodeId one, NodeId other)
    {
        foreach (SimulatedConnection connection in Between(one, other)) connection.IsHalfOpen = true;
    }

    /// <summary>Resets all connections between two nodes once as many further bytes have arrived in each direction, also in the middle of a frame.</summary>
    public void ResetAfter(NodeId one, NodeId other, long bytes)
    {
        foreach (SimulatedConnection connection in Between(one, other)) connection.ResetAfter = bytes;
    }

    internal TimeProvider Clock => clock;

    internal bool TryListen(SimulatedTransport transport, ref NodeEndpoint endpoint)
    {
        if (endpoint.Port == 0) endpoint = endpoint.WithPort(_nextPort++);
        return _listeners.TryAdd(endpoint, transport);
    }

    internal void StopListening(SimulatedTransport transport)
    {
        foreach ((NodeEndpoint endpoint, SimulatedTransport listener) in _listeners)
            if (listener == transport) _listeners.Remove(endpoint);
    }

    internal SimulatedTransport? ListenerAt(NodeEndpoint endpoint) => _listeners.GetValueOrDefault(endpoint);

    internal NodeCapacity CapacityOf(NodeId id)
    {
        if (!_capacities.TryGetValue(id, out NodeCapacity? capacity)) _capacities.Add(id, capacity = new NodeCapacity());
        return capacity;
    }

    /// <summary>Whether nothing passes between two nodes, and what ends when something does again.</summary>
    internal bool TryGetCut(NodeId one, NodeId other, [NotNullWhen(true)] out Task? healed)
    {
        healed = _cuts.TryGetValue(Key(one, other), out TaskCompletionSource? cut) ? cut.Task : null;
        return cut is not null;
    }

    internal void Add(SimulatedConnection connection) => _connections.Add(connection);

    internal void Remove(SimulatedConnection connection) => _connections.Remove(connection);

    /// <summary>Waits in virtual time; goes on within the timer.</summary>
    internal Task WaitAsync(TimeSpan span)
    {
        var over = new TaskCompletionSource();
        ITimer? timer = null;
        timer = clock.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                over.TrySetResult();
            },
            null,
            span > TimeSpan.Zero ? span : TimeSpan.FromTicks(1),
            Timeout.InfiniteTimeSpan);
        return over.Task;
    }

    /// <summary>
    /// Takes the time that bytes need on the sender's way out and on the receiver's way in, behind what is on them already.
    /// </summary>
    /// <returns>How long from now until the last byte is out.</returns>
    internal TimeSpan Reserve(NodeId from, NodeId to, int bytes)
    {
        long now = clock.GetTimestamp();
        NodeCapacity sender = CapacityOf(from);
        NodeCapacity receiver = CapacityOf(to);
        long start = Math.Max(now, Math.Max(sender.OutFreeAt, receiver.InFreeAt));
        long end = start + Math.Max(1, (long)((Int128)bytes * clock.TimestampFrequency / options.BytesPerSecond));
        sender.OutFreeAt = end;
        receiver.InFreeAt = end;
        return clock.GetElapsedTime(now, end);
    }

    private static (NodeId, NodeId) Key(NodeId one, NodeId other) => one < other ? (one, other) : (other, one);

    private IEnumerable<SimulatedConnection> Between(NodeId one, NodeId other) =>
        [.. _connections.Where(connection => Key(connection.OwnId, connection.OtherId) == Key(one, other))];
}
