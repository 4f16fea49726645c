using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;

namespace Coniunctum;

/// <summary>
/// A running ledger: <see cref="NodeCore"/> with threads, a clock and a store around it. Safe to use from several threads.
/// Dispose it to stop; the store is disposed with it.
/// </summary>
/// <example>
/// <code>
/// Transaction transfer = Transfer.Sign(key, to: friend, amount: 5, ledger.Context);
/// Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transfer);
/// Console.WriteLine(ledger.Balance(friend));
/// </code>
/// </example>
public sealed partial class LedgerHost : IAsyncDisposable
{
    private static readonly HaltReason s_disposed = new(HaltCode.Stopped, "it was disposed");

    private readonly NodeCore _node;
    private readonly PoolOptions _pool;
    private readonly TimeProvider _time;
    private readonly NonceSearch _search;
    private readonly Channel<NodeInput> _inputs = Channel.CreateUnbounded<NodeInput>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly SubmissionLimiter _limiter;
    private readonly EffectRunner _runner;
    private readonly DurableChain _chain;
    private readonly ConfirmationWaiters _confirmations = new();
    private readonly Dictionary<long, TaskCompletionSource<Admission>> _tickets = [];

    // By the very copy: another copy of the same identity may deserve another verdict.
    private readonly Dictionary<HashedBlock, List<TaskCompletionSource<Verdict>>> _blocks = [];
    private readonly IdleSignal _settled = new();
    private readonly TransactionSubscriptions _lives = new();

    // Guards the node and everything that its effects touch. Held for one step, or for one look at the state.
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private HaltReason? _halted;
    private long _lastTicket;
    private Task? _disposal;
    private IndexFollower? _index;

    internal LedgerHost(
        ChainProfile profile, NodeCore node, IChainStore store, PoolOptions pool, TimeProvider time, IEntropySource entropy, NonceSearch search)
    {
        _pool = pool;
        Profile = profile;
        ChainId = node.Chain.Genesis.Id;
        Store = store;
        Entropy = entropy;
        _node = node;
        _time = time;
        _search = search;
        _limiter = new SubmissionLimiter(_stopping.Token);
        _unknownRuleset = node.Chain.UnknownRuleset;
        _chain = new DurableChain(profile, ChainId, store, node.Chain.Tip, node.Chain.FinalHeight);
        _runner = new EffectRunner(profile, store, time, search, input => _inputs.Writer.TryWrite(input));
    }

    /// <summary>Everything that the chain's nodes agree on.</summary>
    public ChainProfile Profile { get; }

    /// <summary>The identity of the genesis block, and so of the chain.</summary>
    public BlockId ChainId { get; }

    /// <summary>What a sender needs to sign a transfer, as of now.</summary>
    public TransferContext Context => new(Profile, ChainId, Tip.Header.Height, Entropy);

    /// <summary>The last durable block of the best chain.</summary>
    public HashedBlock Tip => _chain.Tip;

    /// <summary>Base units in existence, as of the newest block; its commit may still be on its way.</summary>
    public ulong Supply
    {
        get
        {
            lock (_gate) return _node.Chain.State.Supply;
        }
    }

    /// <summary>How many transactions wait for a block.</summary>
    public int PoolCount
    {
        get
        {
            lock (_gate) return _node.Chain.PoolCount;
        }
    }

    /// <summary>How many nonces were tried since the start; its growth over time is the hash rate.</summary>
    public long HashesTried => _search.Tried;

    /// <summary>Why the ledger has stopped accepting, or <c>null</c> while it works.</summary>
    public HaltReason? Halted => Volatile.Read(ref _halted);

    /// <summary>
    /// What answers questions about the past, or <c>null</c> without <see cref="LedgerBuilder.UseIndex"/>. It may lag behind the
    /// tip, and says how far it is.
    /// </summary>
    public IChainIndex? Index => _index?.Index;

    /// <summary>Why the index is not kept up any more, or <c>null</c> while it is.</summary>
    public string? IndexFault => _index?.Fault;

    /// <summary>What is durable, to read.</summary>
    internal IChainReader Store { get; }

    private IEntropySource Entropy { get; }

    /// <summary>
    /// Returns tip, supply, pool and what block production waits for as they stand together, which reading the properties one after
    /// another does not.
    /// </summary>
    public LedgerStatus ReadStatus()
    {
        lock (_gate)
        {
            ProductionStatus production = _halted is { } halted ? new ProductionStatus(ProductionState.Halted, halted.Text) : _node.Production;
            return new LedgerStatus(_node.Chain.Tip, _node.Chain.State.Supply, _node.Chain.PoolCount, production)
            {
                Halted = _halted,
                UnknownRuleset = _node.Chain.UnknownRuleset,
            };
        }
    }

    /// <summary>Returns what an address owns, in base units, as of the newest block; its commit may still be on its way.</summary>
    /// <param name="address">The address.</param>
    public ulong Balance(Address address)
    {
        lock (_gate) return _node.Chain.State.BalanceOf(address);
    }

    /// <summary>Returns the part of an address's balance that may be spent now: rewards mature first.</summary>
    /// <param name="address">The address.</param>
    public ulong SpendableBalance(Address address)
    {
        lock (_gate) return _node.Chain.State.BalanceOf(address) - _node.Chain.State.LockedOf(address);
    }

    /// <summary>Returns the identity of the best chain's block at a height, or <c>null</c> above the last durable one.</summary>
    /// <param name="height">The height.</param>
    public BlockId? IdAt(ulong height) => _chain.IdAt(height);

    /// <summary>Returns the best chain's block at a height, or <c>null</c> above the last durable one, and where only its header was kept.</summary>
    /// <param name="height">The height.</param>
    public HashedBlock? BlockAt(ulong height) => _chain.At(height);

    /// <summary>Returns a block that is or once was part of the best chain; <c>null</c> for any other, and where only its header was kept.</summary>
    /// <param name="id">The block's identity.</param>
    public HashedBlock? FindBlock(BlockId id) => _chain.Find(id);

    /// <summary>Returns how many durable blocks confirm a block, itself included; 0 when it is not part of the best chain.</summary>
    /// <param name="id">The block's identity.</param>
    public ulong ConfirmationsOf(BlockId id) => _chain.ConfirmationsOf(id);

    /// <summary>Submits a transaction to the pool.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    /// <returns>Whether it is in the pool now, or which rule keeps it out.</returns>
    /// <exception cref="ArgumentException">The format cannot express the transaction; the message says why.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public async Task<Admission> SubmitAsync(Transaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        HashedTransaction hashed = new TransactionHasher(Profile.Format, ChainId).Hash(transaction);
        return await AskAsync<Admission>(
            answer =>
            {
                _tickets.Add(++_lastTicket, answer);
                _inputs.Writer.TryWrite(new NodeInput.TransactionArrived(_lastTicket, hashed));
            },
            0,
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Submits a block that was made elsewhere.</summary>
    /// <param name="block">The block.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    /// <returns>
    /// Whether it joined the tree of blocks, or which rule it violates. Whether it becomes part of the best chain is told by
    /// <see cref="EventsAsync"/>. A block that is known already is valid.
    /// </returns>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public async Task<Verdict> SubmitBlockAsync(HashedBlock block, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(block);
        Task<Verdict> answer = await PostBlockAsync(block, cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until the chain has settled: every block that was accepted so far is part of the best chain durably, was refused,
    /// or stands aside because another chain is better.
    /// </summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public async Task WaitUntilSettledAsync(CancellationToken cancellation = default)
    {
        TaskCompletionSource? settled;
        lock (_gate)
        {
            ThrowIfStopped();
            settled = _settled.Add(_node.Chain);
        }

        if (settled is not null) await settled.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Stops the node: searches are cancelled, commits that were begun are finished, the store is disposed. Disposing again
    /// waits for the same end.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposal is not null) return new ValueTask(_disposal);
            bool isSound = _halted is null;
            _halted ??= s_disposed;
            return new ValueTask(_disposal = Task.Run(() => StopAsync(isSound)));
        }
    }

    /// <summary>Puts a block into the machine's queue; the answer follows. Blocks are taken in the order in which this returns.</summary>
    internal Task<Task<Verdict>> PostBlockAsync(HashedBlock block, CancellationToken cancellation) => PostAsync<Verdict>(
        answer =>
        {
            _receivesBlocks = true;
            if (_blocks.TryGetValue(block, out List<TaskCompletionSource<Verdict>>? others))
            {
                others.Add(answer);
                return;
            }

            _blocks.Add(block, [answer]);
            _inputs.Writer.TryWrite(new NodeInput.BlockArrived(block, null));
        },
        block.Encoded.Length,
        cancellation);

    internal void Start(IChainIndex? index, bool receivesBlocks)
    {
        _receivesBlocks = receivesBlocks;
        _inputs.Writer.TryWrite(new NodeInput.Started(_runner.ReadRecord));
        if (SavedPool.Read(_runner.ReadRecord, Profile, ChainId, _pool) is { IsEmpty: false } transactions)
            _inputs.Writer.TryWrite(new NodeInput.PoolRestored(transactions));
        _loop = Task.Run(RunLoopAsync);
        if (index is not null) _index = new IndexFollower(this, index);
    }

    private async Task<T> AskAsync<T>(Action<TaskCompletionSource<T>> ask, int bytes, CancellationToken cancellation)
    {
        Task<T> answer = await PostAsync(ask, bytes, cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts a question to the machine. Its place among the unanswered ones is free again when it is answered, however soon its
    /// asker stopped waiting.
    /// </summary>
    /// <param name="ask">Asks, under the gate.</param>
    /// <param name="bytes">How much the question adds to the backlog of blocks.</param>
    /// <param name="cancellation">Stops waiting.</param>
    private async Task<Task<T>> PostAsync<T>(Action<TaskCompletionSource<T>> ask, int bytes, CancellationToken cancellation)
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
                ask(answer);
            }
        }
        catch
        {
            answer.TrySetCanceled(CancellationToken.None);
            throw;
        }

        return answer.Task;
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

    private void ThrowIfStopped()
    {
        ObjectDisposedException.ThrowIf(_disposal is not null, this);
        if (Halted is { } reason) throw new LedgerHaltedException(reason);
    }

    private async Task RunLoopAsync()
    {
        var effects = new NodeEffects();
        try
        {
            await foreach (NodeInput input in _inputs.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                lock (_gate)
                {
                    if (_halted is not null) break;
                    _node.Step(input, Clock.Read(_time), effects);
                    foreach (NodeEffect effect in effects.Items) Answer(effect);
                    _limiter.SetBacklog(_node.Chain.BacklogBytes);
                    _settled.Look(_node.Chain);
                }

                foreach (NodeEffect effect in effects.Items) _runner.Run(effect);
                effects.Items.Clear();
            }
        }
#pragma warning disable CA1031 // A broken invariant stops the ledger and is reported to everyone who waits; nobody awaits the lane itself.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Halt(new HaltReason(HaltCode.InvariantBroken, $"an invariant is broken: {ExceptionText.MessageOf(exception)}"));
        }
    }

    private async Task StopAsync(bool isSound)
    {
        FailWaiters(new LedgerHaltedException(s_disposed));
        lock (_gate) _lives.End(null);
        _inputs.Writer.TryComplete();
        try
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // The lane was started by Start and waits for nothing that this method holds.
            await _loop.ConfigureAwait(false);
#pragma warning restore VSTHRD003
            if (_index is not null) await _index.DisposeAsync().ConfigureAwait(false);
            if (isSound) _runner.Run(new NodeEffect.Commit(SavedPool.Write(_node.Chain, Profile)));
        }
        finally
        {
            // Whatever failed before: the store is closed, and its lock falls.
            await _runner.DisposeAsync().ConfigureAwait(false);
            _stopping.Dispose();
        }
    }

    /// <summary>Tells those who wait. Runs under the gate.</summary>
    private void Answer(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.TransactionJudged judged when _tickets.Remove(judged.Ticket, out TaskCompletionSource<Admission>? answer):
                answer.TrySetResult(judged.Admission);
                break;
            case NodeEffect.BlockJudged judged when _blocks.Remove(judged.Block, out List<TaskCompletionSource<Verdict>>? answers):
                foreach (TaskCompletionSource<Verdict> answer in answers) answer.TrySetResult(judged.Verdict);
                break;
            case NodeEffect.TransactionDropped dropped:
                _confirmations.Drop(dropped.Transaction.Id, dropped.Admission);
                _lives.Follow(dropped);
                break;
            case NodeEffect.TransactionMoved moved:
                _lives.Follow(moved);
                break;
            case NodeEffect.TipMoved moved:
                _chain.Move(moved);
                _confirmations.Follow(moved);
                _lives.Follow(moved);
                if (moved.Ticket is { } ticket) AnswerRevert(ticket, null);
                break;
            case NodeEffect.RevertRefused refused:
                AnswerRevert(refused.Ticket, refused.Reason);
                break;
            case NodeEffect.BranchRefused refused:
                Volatile.Write(ref _refusedBranch, refused);
                break;
            case NodeEffect.UnknownRulesetNoted noted:
                Volatile.Write(ref _unknownRuleset, noted.Noted);
                break;
            case NodeEffect.Halted halted:
                Halt(halted.Reason);
                break;
            default:
                break;
        }
    }

    /// <summary>Nothing is accepted from here on, and no search goes on.</summary>
    private void Halt(HaltReason reason)
    {
        lock (_gate) _halted ??= reason;
        var exception = new LedgerHaltedException(reason);
        FailWaiters(exception);
        lock (_gate) _lives.End(exception);
        _limiter.Open();
        _chain.End(exception);
        _runner.Stop();
    }

    private void FailWaiters(LedgerHaltedException exception)
    {
        lock (_gate)
        {
            _settled.Fail(exception);
            foreach (TaskCompletionSource<Admission> answer in _tickets.Values) answer.TrySetException(exception);
            foreach (TaskCompletionSource<Verdict> answer in _blocks.Values.SelectMany(answers => answers)) answer.TrySetException(exception);
            FailReverts(exception);
            _tickets.Clear();
            _blocks.Clear();
            _confirmations.Fail(exception);
        }
    }
}
