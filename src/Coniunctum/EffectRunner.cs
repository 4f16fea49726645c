using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Internal;

namespace Coniunctum;

/// <summary>
/// Runs a node's effects on real threads: signatures on the pool's, commits in order on the store loop, which writes those
/// that wait as one, short jobs on a few threads that they share, searches on threads of their own, timers of the given clock, and
/// what concerns other nodes by the network, where there is one.
/// </summary>
internal sealed class EffectRunner : IAsyncDisposable
{
    // A batch of the lanes is full at this size, and small enough that all cores end at about the same time.
    private const int ClaimsPerChunk = 512;

    // Waiting for the disk costs the same for one block as for so many bytes.
    private const long MaxBytesPerCommit = 8L * 1024 * 1024;

    // The framework's timers reach 49 days.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1);

    private readonly ChainProfile _profile;
    private readonly IChainStore _store;
    private readonly Clock _clock;
    private readonly Func<NodeInput, bool> _answer;
    private readonly IPeerNetwork? _network;
    private readonly LedgerMeter? _meter;
    private readonly Lock _gate = new();

    // No more short jobs at a time than processors: more would be no faster, and the pool would grow.
    private readonly TaskScheduler _shortJobs = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Environment.ProcessorCount).ConcurrentScheduler;
    private readonly Dictionary<JobId, CancellationTokenSource> _jobs = [];
    private readonly Dictionary<TimerId, RunningTimer> _timers = [];
    private readonly HashSet<Task> _running = [];

    // Bounded by the machine, which waits when too many bytes are under way.
    private readonly Channel<Write> _commits = Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _storeLoop;
    private bool _isStopped;
    private HaltReason? _failure;

    public EffectRunner(ChainProfile profile, IChainStore store, Clock clock, Func<NodeInput, bool> answer, IPeerNetwork? network = null, LedgerMeter? meter = null)
    {
        _profile = profile;
        _store = store;
        _clock = clock;
        _answer = answer;
        _network = network;
        _meter = meter;
        _storeLoop = Task.Run(RunStoreLoopAsync);
    }

    /// <summary>Why a commit was not written, or <c>null</c>. Behind it none is.</summary>
    public HaltReason? Failure => Volatile.Read(ref _failure);

    public ReadOnlyMemory<byte>? ReadRecord(RecordKey key) => _store.ReadRecord(key.Name);

    public void Run(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.VerifySignatures verify:
                Start(() => Task.FromResult<NodeInput>(new NodeInput.SignaturesVerified(verify.Job, Answer(verify.Claims))), TaskScheduler.Default, TaskCreationOptions.None);
                break;
            case NodeEffect.Commit commit:
                _commits.Writer.TryWrite(new Write(commit.Batch, IsAnswered: true));
                break;
            case NodeEffect.Continue:
                _answer(new NodeInput.Continued());
                break;
            case NodeEffect.StartJob start:
                StartJob(start);
                break;
            case NodeEffect.CancelJob cancel:
                CancelJob(cancel.Id);
                break;
            case NodeEffect.SetTimer timer:
                SetTimer(timer);
                break;
            case NodeEffect.ToNetwork toNetwork:
                _network?.Run(toNetwork);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes something that no machine waits for, behind the commits that were begun.</summary>
    public void WriteAside(StoreBatch batch) => _commits.Writer.TryWrite(new Write(batch, IsAnswered: false));

    public async ValueTask DisposeAsync()
    {
        // What failed has told the machine so (Finish).
        await Task.WhenAll(Stop()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _commits.Writer.TryComplete();
        try
        {
#pragma warning disable VSTHRD003 // Started by the constructor; it waits for nothing that this method holds.
            await _storeLoop.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        }
        finally
        {
            _store.Dispose();
        }
    }

    /// <summary>Cancels jobs and timers, and begins no more work but commits; returns what still runs.</summary>
    public Task[] Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (CancellationTokenSource job in _jobs.Values) Cancel(job);
            foreach (RunningTimer timer in _timers.Values) timer.Clock.Dispose();
            return [.. _running];
        }
    }

    private void StartJob(NodeEffect.StartJob start)
    {
        var cancellation = new CancellationTokenSource();
        lock (_gate) _jobs.Add(start.Id, cancellation);

        if (start.Work.IsSearch)
            Start(() => RunJobAsync(start, cancellation), TaskScheduler.Default, TaskCreationOptions.LongRunning);
        else
            Start(() => RunJobAsync(start, cancellation), _shortJobs, TaskCreationOptions.None);
    }

    private async Task<NodeInput> RunJobAsync(NodeEffect.StartJob start, CancellationTokenSource cancellation)
    {
        try
        {
            return new NodeInput.JobDone(start.Id, await start.Work.RunAsync(cancellation.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new NodeInput.JobDone(start.Id, null);
        }
        finally
        {
            lock (_gate) _jobs.Remove(start.Id);
            cancellation.Dispose();
        }
    }

    private void CancelJob(JobId id)
    {
        lock (_gate)
        {
            if (_jobs.TryGetValue(id, out CancellationTokenSource? job)) Cancel(job);
        }
    }

    /// <summary>Cancels a job. What it does then is done elsewhere: the caller holds the gate.</summary>
    private void Cancel(CancellationTokenSource job) => _ = job.CancelAsync().ContinueWith(
        canceled => Fail(canceled.Exception!.InnerException!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void SetTimer(NodeEffect.SetTimer timer)
    {
        lock (_gate)
        {
            if (_isStopped) return;
            if (_timers.Remove(timer.Timer, out RunningTimer old)) old.Clock.Dispose();
            // Whole milliseconds are all that the framework's timers know.
            double milliseconds = Math.Ceiling((timer.At - _clock.Steady).TotalMilliseconds);
            TimeSpan due = milliseconds < s_longestTimer.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Max(0, milliseconds)) : s_longestTimer;
            _timers.Add(timer.Timer, new RunningTimer(timer, _clock.CreateTimer(due, () => Fire(timer))));
        }
    }

    private void Fire(NodeEffect.SetTimer timer)
    {
        try
        {
            lock (_gate)
            {
                // One that was moved may have been on its way here, and must not take the place of the one that it was moved to.
                if (!_timers.TryGetValue(timer.Timer, out RunningTimer current) || !ReferenceEquals(current.Setting, timer)) return;
                if (_clock.Steady < timer.At)
                {
                    SetTimer(timer);
                    return;
                }
            }

            _answer(new NodeInput.TimerFired(timer.Timer));
        }
#pragma warning disable CA1031 // Thrown on the clock's own thread, what its code throws would end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _answer(new NodeInput.Failed(new HaltReason(HaltCode.ClockFailed, $"the clock has failed: {ExceptionText.MessageOf(exception)}")));
        }
    }

    /// <summary>Runs work beside the machine; its answer, or its failure, goes back to it.</summary>
    private void Start(Func<Task<NodeInput>> work, TaskScheduler scheduler, TaskCreationOptions options)
    {
        lock (_gate)
        {
            if (_isStopped) return;
            Task task = Task.Factory.StartNew(() => AnswerAsync(work), CancellationToken.None, options | TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
            _running.Add(task);
            _ = task.ContinueWith(Finish, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task AnswerAsync(Func<Task<NodeInput>> work) => _answer(await work().ConfigureAwait(false));

    private void Finish(Task task)
    {
        lock (_gate) _running.Remove(task);
        // One that was cancelled by what it waited for, a time that ran out there, has no answer either.
        if (task.IsCanceled)
            Fail(new OperationCanceledException("it was cancelled, which nobody had asked for"));
        else if (task.Exception?.InnerException is { } exception)
            Fail(exception);
    }

    private void Fail(Exception exception) =>
        _answer(new NodeInput.Failed(new HaltReason(HaltCode.WorkFailed, $"work beside the machine failed: {ExceptionText.MessageOf(exception)}")));

    /// <summary>Recovers the signers of claims, on all cores.</summary>
    private ImmutableArray<RecoveredSigner> Answer(ImmutableArray<SignatureClaim> claims)
    {
        if (claims.Length <= ClaimsPerChunk) return SignatureVerifier.Recover(_profile.Signatures, claims.AsSpan());
        var answers = new RecoveredSigner[claims.Length];
        Parallel.For(0, (claims.Length + ClaimsPerChunk - 1) / ClaimsPerChunk, chunk =>
        {
            int start = chunk * ClaimsPerChunk;
            int count = Math.Min(ClaimsPerChunk, claims.Length - start);
            SignatureVerifier.Recover(_profile.Signatures, claims.AsSpan(start, count)).CopyTo(answers, start);
        });
        return ImmutableCollectionsMarshal.AsImmutableArray(answers);
    }

    private async Task RunStoreLoopAsync()
    {
        var group = new List<StoreBatch>();
        while (await _commits.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int answers = 0;
            for (long bytes = 0; bytes < MaxBytesPerCommit && _commits.Reader.TryRead(out Write write); bytes += write.Batch.Size)
            {
                group.Add(write.Batch);
                if (write.IsAnswered) answers++;
            }

            try
            {
                Commit(group);
            }
#pragma warning disable CA1031 // Whatever the store throws, nothing may be written behind a commit whose fate is unknown.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var reason = new HaltReason(HaltCode.StoreFailed, ExceptionText.MessageOf(exception));
                Volatile.Write(ref _failure, reason);
                _answer(new NodeInput.Failed(reason));
                return;
            }

            for (int i = 0; i < answers; i++) _answer(new NodeInput.Committed());
            group.Clear();
        }
    }

    private void Commit(List<StoreBatch> group)
    {
        SteadyTime begun = _clock.Steady;
        _store.Commit(CollectionsMarshal.AsSpan(group));
        _meter?.RecordCommit(_clock.Steady - begun);
    }

    private readonly record struct Write(StoreBatch Batch, bool IsAnswered);

    private readonly record struct RunningTimer(NodeEffect.SetTimer Setting, ITimer Clock);
}
