using Coniunctum.P2P.Identity;

namespace Coniunctum.Node.Net;

/// <summary>Watches a running node and reports what happens, one thing at a time.</summary>
internal sealed class NodeSession(LedgerHost ledger, INodeReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly SyncMeter _meter = new(time);
    private Dictionary<NodeId, NetworkPeer> _peers = [];
    private Dictionary<string, string> _failures = [];
    private string? _lastFailure;
    private bool _isSynchronizing;
    private bool _wasSynchronized;

    /// <summary>Runs until a stop, the end of the duration, or a failure.</summary>
    public async Task RunAsync(TimeSpan? duration, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] parts = [FollowAsync(ending.Token), HearRefusalsAsync(ending.Token), LookAsync(ending.Token)];
        if (duration is { } limit) parts = [.. parts, Task.Delay(limit, time, ending.Token)];
        await Task.WhenAny(parts);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !parts.Any(part => part.IsFaulted))
        {
            // The way in which every part ends.
        }

        lock (_gate) reporter.Stopped(ledger.ReadView().Status, time.GetElapsedTime(_start));
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await foreach (LedgerEvent change in ledger.EventsAsync(ledger.Tip.Id, cancellation))
        {
            lock (_gate)
            {
                // Thousands of old blocks are a number, not news.
                if (!_isSynchronizing) reporter.Block(change.Block, ledger.Pool.Count, change is LedgerEvent.Disconnected);
            }
        }
    }

    private async Task HearRefusalsAsync(CancellationToken cancellation)
    {
        await foreach (NetworkRefusal refusal in ledger.Network!.RefusalsAsync(cancellation))
        {
            lock (_gate) reporter.Refused(refusal);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_look, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            NetworkStatus status = ledger.Network!.ReadStatus();
            lock (_gate) Compare(status);
        }
    }

    private void Compare(NetworkStatus status)
    {
        var peers = new Dictionary<NodeId, NetworkPeer>();
        foreach (NetworkPeer peer in status.Peers.Where(peer => peer.HasLedger && peer.Id is not null)) peers[peer.Id!.Value] = peer;
        foreach ((NodeId id, NetworkPeer peer) in peers)
        {
            if (!_peers.ContainsKey(id)) reporter.Connected(peer);
        }

        foreach ((NodeId id, NetworkPeer peer) in _peers)
        {
            if (!peers.ContainsKey(id)) reporter.Lost(peer);
        }

        _peers = peers;
        Dictionary<string, string> failures = status.Failures.ToDictionary(failure => failure.Endpoint.ToString(), failure => failure.Message, StringComparer.Ordinal);
        foreach (NetworkFailure failure in status.Failures)
        {
            // Said once, though it is tried again and again.
            if (!failure.Message.Equals(_failures.GetValueOrDefault(failure.Endpoint.ToString()), StringComparison.Ordinal)) reporter.Failed(failure);
        }

        _failures = failures;
        if (status.LastFailure is { } reason && !reason.Equals(_lastFailure, StringComparison.Ordinal)) reporter.SynchronizationFailed(reason);
        _lastFailure = status.LastFailure;
        ulong height = ledger.Tip.Header.Height;
        if (status.IsSynchronizing)
        {
            _isSynchronizing = true;
            reporter.Synchronizing(_meter.Add(height, status.Peers.IsEmpty ? height : Math.Max(height, status.Peers.Max(peer => peer.Height))));
        }
        else if (_isSynchronizing || (status.IsSynchronized && !_wasSynchronized))
        {
            _isSynchronizing = false;
            _meter.Reset();
            if (status.IsSynchronized) reporter.Synchronized(height);
        }

        _wasSynchronized = status.IsSynchronized;
    }
}
