using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Coniunctum.Consensus;
using Coniunctum.Ledger.Internal;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>
/// The connections around a peer machine, of one ledger or of several: dials and takes them, numbers them, carries out what the machine wants, and gives the node
/// what comes of it. Reads the store and decodes beside the machine. Safe to use from several threads.
/// </summary>
internal sealed class PeerShell : IAsyncDisposable
{
    /// <summary>More connections than the machine ever keeps, so that those have room that it is closing.</summary>
    public const int MaxConnections = 256;

    private const int MostFailures = 1_024;

    // How long the others may take to hear that this node stops.
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(1);

    // How long no connection is taken after the transport has thrown.
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromSeconds(1);

    private readonly ITransport _transport;
    private readonly LedgerPorts _ports;
    private readonly LedgerPort? _only;
    private readonly TaskScheduler _workers;
    private readonly TimeProvider _clock;
    private readonly INodeInputs _inputs;
    private readonly CancellationTokenSource _stopping = new();

    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, PeerConnection> _connections = [];
    private readonly Dictionary<NodeEndpoint, string> _failures = [];
    private readonly HashSet<Task> _running = [];
    private long _lastId;
    private bool _isStopped;
    private Task? _end;

    /// <summary>Makes a shell of one ledger that does not run yet.</summary>
    /// <param name="transport">How nodes are reached; disposed with the shell.</param>
    /// <param name="decoder">Decodes messages.</param>
    /// <param name="store">Answers what the machine asks of the store.</param>
    /// <param name="workers">Where both is done.</param>
    /// <param name="inputs">The node's inputs.</param>
    /// <param name="clock">The clock of deadlines.</param>
    public PeerShell(ITransport transport, MessageDecoder decoder, StoreAnswers store, TaskScheduler workers, INodeInputs inputs, TimeProvider clock)
        : this(transport, new LedgerPorts(), workers, inputs, clock) => _ports.Add(_only = new LedgerPort(1, decoder, store, inputs));

    /// <summary>Makes a shell of several ledgers that does not run yet.</summary>
    /// <param name="transport">How nodes are reached; disposed with the shell.</param>
    /// <param name="ports">The ledgers.</param>
    /// <param name="workers">Where messages are decoded and stores are read.</param>
    /// <param name="inputs">Takes what concerns the connections.</param>
    /// <param name="clock">The clock of deadlines.</param>
    public PeerShell(ITransport transport, LedgerPorts ports, TaskScheduler workers, INodeInputs inputs, TimeProvider clock) =>
        (_transport, _ports, _workers, _inputs, _clock) = (transport, ports, workers, inputs, clock);

    /// <summary>What was dialled and is not connected, and why.</summary>
    public ImmutableArray<(NodeEndpoint Endpoint, string Text)> Failures
    {
        get
        {
            lock (_gate) return [.. _failures.Select(pair => (pair.Key, pair.Value))];
        }
    }

    /// <summary>Begins to take connections.</summary>
    public void Start() => Track(AcceptAllAsync);

    /// <summary>Returns how many bytes have come by a connection, and how many were sent.</summary>
    public (long Read, long Written) TrafficOf(PeerId id) => Find(id) is { } connection ? (connection.BytesRead, connection.BytesWritten) : default;

    /// <summary>Returns who is at the other end of a connection, also of one that is being closed; <c>null</c> where it has ended.</summary>
    public (NodeId? Node, NodeEndpoint Endpoint)? RemoteOf(PeerId id) => Find(id)?.Remote;

    /// <summary>Carries out what the machine wants.</summary>
    /// <param name="effect">What it wants.</param>
    /// <param name="port">Of several ledgers: which one's machine wants it; <c>null</c> for what is about the connections.</param>
    public void Run(PeerEffect effect, LedgerPort? port = null)
    {
        switch (effect)
        {
            case PeerEffect.Dial dial:
                Track(() => DialAsync(dial));
                break;
            case PeerEffect.SendMessage send:
                Find(send.To)?.Send(send);
                break;
            case PeerEffect.Close close:
                Find(close.To)?.Close(close.Text, PeerConnection.CloseTime);
                break;
            case PeerEffect.SetReading reading:
                Find(reading.To)?.SetReading(reading.IsReading, reading.To);
                break;
            case PeerEffect.NoteOpened opened:
                Find(opened.Number)?.NoteOpened(opened.Number);
                break;
            default:
                Track(() => AnswerAsync(effect, port ?? _only ?? throw new ArgumentException($"No ledger answers {effect.GetType()}.", nameof(port))));
                break;
        }
    }

    /// <summary>Reads again what only a ledger that is gone had stopped.</summary>
    public void Resume(byte channel)
    {
        PeerConnection[] connections;
        lock (_gate) connections = [.. _connections.Values];
        foreach (PeerConnection connection in connections) connection.Resume(channel);
    }

    /// <summary>Says Bye to all, within a second, and waits until nothing runs any more; disposing again waits for the same end.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new ValueTask(_end ??= Task.Run(EndAsync));
    }

    private async Task EndAsync()
    {
        PeerConnection[] connections;
        lock (_gate)
        {
            _isStopped = true;
            connections = [.. _connections.Values];
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (PeerConnection connection in connections) connection.SayBye(ByeReason.Stopping, "this node stops", s_stopTime);

        // The ledger's own clock may stand still, and whoever stops it does not wait for that.
        var limit = new Timer(_ => Array.ForEach(connections, connection => connection.Abort()), null, 2 * PeerConnection.CloseTime, Timeout.InfiniteTimeSpan);
        await using ConfiguredAsyncDisposable _ = limit.ConfigureAwait(false);
        while (true)
        {
            Task[] running;
            lock (_gate) running = [.. _running];
            if (running.Length == 0) break;
            await Task.WhenAll(running).ConfigureAwait(false);
        }

        await _transport.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private PeerConnection? Find(PeerId id)
    {
        lock (_gate) return _connections.GetValueOrDefault(LedgerPeerId.ConnectionOf(id));
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                while (await _transport.AcceptAsync(_stopping.Token).ConfigureAwait(false) is { } connection)
                {
                    if (Track(() => RunAsync(connection))) continue;
                    await RefuseAsync(connection).ConfigureAwait(false);
                }

                return;
            }
#pragma warning disable CA1031 // No transport throws that is one. Whoever does not stop at it listens on.
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                await FailAsync(exception).ConfigureAwait(false);
            }

            await Task.Delay(s_acceptPause, _clock, _stopping.Token).ConfigureAwait(false);
        }
    }

    private static async Task RefuseAsync(ITransportConnection transport)
    {
        try
        {
            transport.Abort();
            await transport.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031, RCS1075 // The connection is given up: nothing is left to be done.
        catch (Exception)
#pragma warning restore CA1031, RCS1075
        {
            // It is over.
        }
    }

    private async Task DialAsync(PeerEffect.Dial dial)
    {
        DialOutcome outcome;
        try
        {
            outcome = await _transport.DialAsync(dial.Endpoint, dial.Expected, _stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A transport that throws has not connected; the machine tries again later.
        catch (Exception exception) when (exception is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            outcome = DialOutcome.Failed(TransportFault.Closed, $"Dialling {dial.Endpoint} failed: {ExceptionText.MessageOf(exception)}");
        }

        if (outcome.TryGetConnection(out ITransportConnection? connection))
        {
            await RunAsync(connection, dial).ConfigureAwait(false);
            return;
        }

        if (dial.IsNoted) NoteFailure(dial.Endpoint, outcome.Message);
        await _inputs.AddAsync(new PeerInput.DialFailed(dial.Endpoint, outcome.Fault, outcome.Message)).ConfigureAwait(false);
    }

    /// <summary>Carries a connection to its end, which disposes it.</summary>
    private async Task RunAsync(ITransportConnection transport, PeerEffect.Dial? dial = null)
    {
        PeerConnection? connection = null;
        PeerId id = default;
        lock (_gate)
        {
            // The machine bounds those that it dials by their slots: no one else takes their room.
            if (!_isStopped && (dial is not null || _connections.Count < MaxConnections))
            {
                id = new PeerId(++_lastId);
                connection = new PeerConnection(id, transport, dial?.Endpoint, _ports, _workers, _inputs, _clock);
                _connections.Add(id, connection);
            }
        }

        if (connection is null)
        {
            await RefuseAsync(transport).ConfigureAwait(false);
            return;
        }

        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _connections.Remove(id);
            if (dial is { IsNoted: true } && connection.End is { } end) NoteFailure(dial.Endpoint, end);
        }
    }

    private async Task AnswerAsync(PeerEffect effect, LedgerPort port)
    {
        if (!port.TryBeginReading()) return;
        NodeInput? answer;
        try
        {
            answer = await Task.Factory.StartNew(() => port.Store.TryAnswer(effect), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _workers).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a store throws stops the ledger, with its reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            answer = new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, ExceptionText.MessageOf(exception)));
        }
        finally
        {
            port.EndReading();
        }

        await port.Inputs.AddAsync(answer ?? throw new InvalidOperationException($"The shell does not carry out {effect.GetType()}.")).ConfigureAwait(false);
    }

    private void NoteFailure(NodeEndpoint endpoint, string text)
    {
        lock (_gate)
        {
            if (_failures.Count >= MostFailures) _failures.Clear();
            _failures[endpoint] = text;
        }
    }

    /// <summary>Runs something whose end the shell's end waits for.</summary>
    /// <returns>False once the shell stops.</returns>
    private bool Track(Func<Task> run)
    {
        lock (_gate)
        {
            if (_isStopped) return false;
            Task task = GuardAsync(run);
            _running.Add(task);
            _ = task.ContinueWith(Finish, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return true;
        }
    }

    private void Finish(Task task)
    {
        lock (_gate) _running.Remove(task);
    }

    private async Task GuardAsync(Func<Task> run)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The shell stops.
        }
#pragma warning disable CA1031 // No one awaits it but the shell's end: a broken invariant stops the ledger.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await FailAsync(exception).ConfigureAwait(false);
        }
    }

    private ValueTask<bool> FailAsync(Exception exception) =>
        _inputs.AddAsync(new NodeInput.Failed(new HaltReason(HaltCode.InvariantBroken, $"an invariant is broken: {ExceptionText.MessageOf(exception)}")));
}
