using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Internal;

namespace Coniunctum;

/// <summary>
/// Runs a <see cref="NodeCore{TChain}"/>: its <see cref="InputChannel"/>, one step at a time, and the effects carried out behind each
/// (<see cref="EffectRunner"/>). Knows no part of the ledger but by <see cref="INodeListener"/>. Safe to use from all threads.
/// </summary>
internal sealed class NodeRunner : IAsyncDisposable
{
    private static readonly HaltReason s_stopped = new(HaltCode.Stopped, "it was disposed");

    private readonly NodeCore<ChainCore> _node;
    private readonly Clock _clock;
    private readonly InputChannel _inputs = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SubmissionLimiter _limiter;
    private readonly EffectRunner _effects;
    private readonly IPeerNetwork? _network;
    private readonly List<INodeListener> _listeners = [];
    private readonly IdleSignal _idle = new();
    private readonly ViewPublisher _views;

    // Guards the node and everything that its effects touch. Held for one step, or for one look at the state.
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private HaltReason? _halted;
    private bool _isEnding;

    public NodeRunner(
        ChainProfile profile, NodeCore<ChainCore> node, IChainStore store, TimeProvider time, ViewPublisher views, IPeerNetwork? network = null, LedgerMeter? meter = null)
    {
        _node = node;
        _views = views;
        _clock = new Clock(time);
        _limiter = new SubmissionLimiter(_stopping.Token);
        _network = network;
        _effects = new EffectRunner(profile, store, _clock, _inputs.TryAdd, network, meter);
        Stopping = _stopping.Token;
    }

    /// <summary>Why nothing is accepted any more, or <c>null</c>.</summary>
    public HaltReason? Halted => Volatile.Read(ref _halted);

    /// <summary>Whether the owner has begun to stop the ledger.</summary>
    public bool IsEnding => Volatile.Read(ref _isEnding);

    /// <summary>Cancelled when the owner stops the ledger.</summary>
    public CancellationToken Stopping { get; }

    public void Attach(INodeListener listener) => _listeners.Add(listener);

    public void Start(IEnumerable<NodeInput> first)
    {
        _inputs.TryAdd(new NodeInput.Started(_node.Chain.Genesis.Id, _effects.ReadRecord));
        foreach (NodeInput input in first) _inputs.TryAdd(input);
        _network?.Start(_inputs, _effects.WriteAside, _views.States);
        _loop = Task.Run(RunLoopAsync);
    }

    /// <summary>Looks at the node between two steps. What is looked up must not call back.</summary>
    public T Read<T>(Func<NodeCore<ChainCore>, T> look)
    {
        lock (_gate) return look(_node);
    }

    /// <summary>Does something between two steps.</summary>
    public void Do(Action act)
    {
        lock (_gate) act();
    }

    /// <summary>Looks at the node between two steps, as long as nothing has stopped the ledger.</summary>
    public T ReadUnlessStopped<T>(Func<NodeCore<ChainCore>, T> look)
    {
        lock (_gate)
        {
            ThrowIfStopped();
            return look(_node);
        }
    }

    public void ThrowIfStopped()
    {
        ObjectDisposedException.ThrowIf(IsEnding, typeof(LedgerHost));
        if (Halted is { } reason) throw new LedgerHaltedException(reason);
    }

    /// <summary>Asks the node, and waits for the answer.</summary>
    /// <param name="ask">Notes who waits, under the gate, and returns the question; <c>null</c> when it was asked before.</param>
    /// <param name="bytes">How much the question adds to the backlog of blocks.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<T> AskAsync<T>(Func<TaskCompletionSource<T>, NodeInput?> ask, int bytes, CancellationToken cancellation)
    {
        Task<T> answer = await PostAsync(ask, bytes, cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts a question into the node's queue; blocks, and transactions, are taken in the order in which this returns. A question's
    /// place among the unanswered ones is free again when it is answered, however soon its asker stopped waiting.
    /// </summary>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<Task<T>> PostAsync<T>(Func<TaskCompletionSource<T>, NodeInput?> ask, int bytes, CancellationToken cancellation)
    {
        await EnterAsync(bytes, cancellation).ConfigureAwait(false);
        TaskCompletionSource<T> answer = Answers.New<T>();
        _ = answer.Task.ContinueWith(
            (_, _) => _limiter.Leave(bytes), null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            lock (_gate)
            {
                ThrowIfStopped();
                if (ask(answer) is { } input) _inputs.TryAdd(input);
            }
        }
        catch
        {
            answer.TrySetCanceled(CancellationToken.None);
            throw;
        }

        return answer.Task;
    }

    /// <summary>Waits until nothing is being executed or written.</summary>
    public async Task WaitUntilIdleAsync(CancellationToken cancellation)
    {
        if (ReadUnlessStopped(node => _idle.Add(node.Chain)) is { } idle) await idle.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Refuses everything from here on. Returns whether the ledger was sound until now.</summary>
    public bool BeginEnd()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isEnding, true);
            bool isSound = _halted is null;
            _halted ??= s_stopped;
            _views.Publish([], _halted);
            End(new LedgerHaltedException(s_stopped));
            return isSound;
        }
    }

    /// <summary>Waits for the step that is under way.</summary>
    public async Task EndLoopAsync()
    {
        _inputs.End();
        await _stopping.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // The loop was started by Start and waits for nothing that this method holds.
        await _loop.ConfigureAwait(false);
#pragma warning restore VSTHRD003
    }

    /// <summary>Writes once more, behind the commits that were begun.</summary>
    public void Write(StoreBatch batch) => _effects.WriteAside(batch);

    /// <summary>Ends work and timers, finishes the commits that were begun, and disposes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _effects.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        // The machine may have ended before it heard of it: then whoever disposes the ledger is to know that something was not written.
        if (_effects.Failure is { } failure && Halted?.Code != HaltCode.StoreFailed) throw new LedgerHaltedException(failure);
    }

    private async Task EnterAsync(int bytes, CancellationToken cancellation)
    {
        ThrowIfStopped();
        try
        {
            await _limiter.EnterAsync(bytes, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            ThrowIfStopped();
            throw;
        }
    }

    private async Task RunLoopAsync()
    {
        var effects = new NodeEffects(_views);
        try
        {
            await foreach (NodeInput input in _inputs.ReadAllAsync().ConfigureAwait(false))
            {
                lock (_gate)
                {
                    if (_halted is not null) break;
                    _node.Step(input, _clock.Now, effects);
                    _views.Publish(effects.Items, _halted);
                    foreach (NodeEffect effect in effects.Items) Dispatch(effect);
                    _limiter.SetBacklog(_node.Chain.BacklogBytes);
                    _idle.Look(_node.Chain);
                    foreach (INodeListener listener in _listeners) listener.Look();
                }

                foreach (NodeEffect effect in effects.Items) _effects.Run(effect);
                effects.Items.Clear();
            }
        }
#pragma warning disable CA1031 // A broken invariant stops the ledger and is reported to everyone who waits; no one awaits the loop itself.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Halt(new HaltReason(HaltCode.InvariantBroken, $"an invariant is broken: {ExceptionText.MessageOf(exception)}"));
        }
        finally
        {
            _inputs.End();
        }
    }

    private void Dispatch(NodeEffect effect)
    {
        foreach (INodeListener listener in _listeners) listener.Take(effect);
        if (effect is NodeEffect.Halted halted) Halt(halted.Reason);
    }

    /// <summary>Nothing is accepted from here on, and no search goes on.</summary>
    private void Halt(HaltReason reason)
    {
        lock (_gate)
        {
            _halted ??= reason;
            _views.Publish([], _halted);
            End(new LedgerHaltedException(reason));
        }

        _limiter.Open();
        _effects.Stop();
    }

    private void End(LedgerHaltedException reason)
    {
        _idle.Fail(reason);
        foreach (INodeListener listener in _listeners) listener.End(reason);
    }
}
