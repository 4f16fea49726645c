using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Testing;

/// <summary>
/// A ledger in a test, in memory unless it is configured otherwise: ten funded accounts that are the same each time, a clock that stands
/// until the test moves it, and a miner that works when the test says so. The same calls, one behind the other, make the same chain,
/// to the byte. Safe to use from several threads. Dispose it to stop.
/// </summary>
/// <example>
/// <code>
/// await using TestLedger ledger = await TestLedger.StartAsync();
/// TestAccount alice = ledger.Accounts[0], bob = ledger.Accounts[1];
/// await ledger.PayAsync(alice, bob.Address, 5);
/// await ledger.MineAsync(10);
/// </code>
/// </example>
public sealed class TestLedger : ILedger, IAsyncDisposable
{
    /// <summary>The most blocks that one call makes or undoes: 100,000.</summary>
    public const int MaxBlocks = 100_000;

    private readonly PrivateKey _authority;
    private readonly MiningOrders _orders;
    private readonly SeededEntropy _tags;
    private readonly bool _isFinalAtOnce;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private TestLedger(TestLedgerOptions options)
    {
        ISignatureScheme scheme = options.Profile.Signatures;
        _authority = PrivateKey.Generate(new SeededEntropy(0, "authority"));
        _orders = new MiningOrders(options.AutoMine);
        _tags = new SeededEntropy(options.Seed, "tags");
        _isFinalAtOnce = options.FinalAtOnce;
        Clock = new TestClock(options.Start);
        Accounts = TestAccount.Derive(scheme);

        Span<byte> salt = stackalloc byte[Hash256.Size];
        new SeededEntropy(options.Seed, "genesis").Fill(salt);
        GenesisSpec genesis = options.Profile.Genesis with { IsDrawn = true, Salt = new Hash256(salt), Timestamp = Timestamp.From(options.Start) };
        LedgerBuilder builder = LedgerBuilder.For(options.Profile with { Genesis = genesis })
            .Use(new TestRule(scheme.AddressOf(_authority.PublicKey), _isFinalAtOnce), profile => new DrivenProducer(_authority, profile.Signatures, _orders))
            .UseTime(Clock)
            .UseEntropy(new SeededEntropy(options.Seed, "ledger"));
        foreach (TestAccount account in Accounts) builder.Allocate(account.Address, options.Balance);
        options.Configure?.Invoke(builder);
        Host = builder.Build();
    }

    /// <summary>The running ledger, for what is not offered here: views, blocks, events, status.</summary>
    public LedgerHost Host { get; }

    /// <summary>What the ledger takes for the time.</summary>
    public TestClock Clock { get; }

    /// <summary>The funded accounts.</summary>
    public IReadOnlyList<TestAccount> Accounts { get; }

    /// <summary>Whether a block is made as soon as a transaction waits (<see cref="TestLedgerOptions.AutoMine"/>).</summary>
    public bool AutoMine
    {
        get => _orders.AutoMine;
        set => _orders.AutoMine = value;
    }

    /// <inheritdoc/>
    public TransferContext Context => Host.Context with { Entropy = _tags };

    /// <summary>Starts a ledger.</summary>
    /// <param name="options">What it starts with; <c>null</c> for the defaults.</param>
    /// <param name="cancellation">Stops starting; nothing is left running then.</param>
    /// <exception cref="ArgumentException">The profile's format has no place for a seal, as int32coin's has none, or a balance is more than it can express.</exception>
    public static async Task<TestLedger> StartAsync(TestLedgerOptions? options = null, CancellationToken cancellation = default)
    {
        var ledger = new TestLedger(options ?? new TestLedgerOptions());
        try
        {
            await ledger.Host.StartAsync(cancellation).ConfigureAwait(false);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes blocks, of what waits in the pool and empty ones, whether the ledger mines by itself or not.</summary>
    /// <param name="blocks">How many: 1 to <see cref="MaxBlocks"/>.</param>
    /// <param name="cancellation">Stops waiting, and making blocks.</param>
    /// <returns>The last one, which is durable.</returns>
    /// <exception cref="InvalidOperationException">No block can be made; the message says why.</exception>
    public async Task<HashedBlock> MineAsync(int blocks = 1, CancellationToken cancellation = default)
    {
        ThrowIfOutOfRange(blocks, nameof(blocks));
        using IDisposable turn = await TakeTurnAsync(cancellation).ConfigureAwait(false);
        HashedBlock tip = await StandStillAsync(cancellation).ConfigureAwait(false);
        return await MineUpToAsync(tip.Header.Height + (ulong)blocks, tip.Id, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Undoes the last blocks, and makes one more than that in their place: what a program sees when another branch wins. The transactions
    /// of the undone blocks go back to the pool, as far as they are still valid, and are in the first of the new blocks.
    /// </summary>
    /// <param name="depth">How many are undone: 1 to <see cref="MaxBlocks"/>.</param>
    /// <param name="cancellation">Stops waiting; what was undone stays so.</param>
    /// <returns>The last of the new blocks.</returns>
    /// <exception cref="InvalidOperationException">Blocks are final (<see cref="TestLedgerOptions.FinalAtOnce"/>), or there are not so many.</exception>
    public async Task<HashedBlock> ReorganizeAsync(int depth, CancellationToken cancellation = default)
    {
        ThrowIfOutOfRange(depth, nameof(depth));
        if (_isFinalAtOnce) throw new InvalidOperationException("The ledger's blocks are final at once, and none of them is ever undone: start it with FinalAtOnce = false.");
        using IDisposable turn = await TakeTurnAsync(cancellation).ConfigureAwait(false);
        HashedBlock tip = await StandStillAsync(cancellation).ConfigureAwait(false);
        ulong height = tip.Header.Height, undone = (ulong)depth;
        if (undone > height) throw new InvalidOperationException(Invariant($"The chain has {height} blocks: it cannot be reorganized {depth} deep."));
        Transaction[] transactions = [.. ReadTransactions(height - undone + 1, height)];
        var fork = new LedgerSnapshot(Host.Chain.IdAt(height - undone)!.Value, height - undone);
        await Host.Development.RevertAsync(fork, CancellationToken.None).ConfigureAwait(false);
        foreach (Transaction transaction in transactions) await Host.SubmitAsync(transaction, CancellationToken.None).ConfigureAwait(false);
        return await MineUpToAsync(height + 1, fork.Block, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets time pass: the ledger's clock and its timers go on.</summary>
    /// <param name="span">How much; at least zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    public void Advance(TimeSpan span) => Clock.Advance(span);

    /// <summary>Remembers the ledger as it is, to come back to it by <see cref="RevertAsync"/>. Costs nothing.</summary>
    public TestSnapshot TakeSnapshot() => new(Host.Development.TakeSnapshot(), Clock.GetUtcNow(), AutoMine);

    /// <summary>
    /// Makes the ledger what it was at a snapshot, again and again: its blocks, what its clock shows, and whether it mines by itself. What waits
    /// in the pool for a block is given up too; what waits for a balance, or for its window to open, stays there.
    /// </summary>
    /// <param name="snapshot">A snapshot of this ledger.</param>
    /// <param name="cancellation">Stops waiting; the ledger is reverted all the same.</param>
    /// <exception cref="InvalidOperationException">The snapshot's block is not part of the chain: an older snapshot was reverted to since.</exception>
    public async Task RevertAsync(TestSnapshot snapshot, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        using IDisposable turn = await TakeTurnAsync(cancellation).ConfigureAwait(false);
        HashedBlock tip = await StandStillAsync(cancellation).ConfigureAwait(false);
        // What is in a block that is reverted is given up with it.
        while (Host.Pool.Count > 0)
        {
            await MineUpToAsync(tip.Header.Height + 1, tip.Id, cancellation).ConfigureAwait(false);
            tip = await StandStillAsync(cancellation).ConfigureAwait(false);
        }

        await Host.Development.RevertAsync(snapshot.Ledger, cancellation).ConfigureAwait(false);
        Clock.Set(snapshot.Time);
        AutoMine = snapshot.AutoMine;
    }

    /// <summary>Pays from one of the accounts, and makes the block that confirms it.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">Who is paid.</param>
    /// <param name="amount">Base units; at least 1.</param>
    /// <param name="fee">Base units for the block's producer.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="TransactionRejectedException">A rule keeps it out.</exception>
    public Task<Confirmation> PayAsync(TestAccount from, Address to, ulong amount, ulong fee = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        return ConfirmAsync(Transfer.Sign(from.Key, to, amount, Context, fee), cancellation);
    }

    /// <summary>Calls an application from one of the accounts, and makes the block that holds the call.</summary>
    /// <param name="from">The caller.</param>
    /// <param name="application">The application.</param>
    /// <param name="data">What it is told.</param>
    /// <param name="amount">Base units that come with the call.</param>
    /// <param name="fee">Base units for the block's producer.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Where it stands; <see cref="Confirmation.Refusal"/> says why where the application refused it.</returns>
    /// <exception cref="TransactionRejectedException">A rule keeps it out, or the application does not admit it.</exception>
    public Task<Confirmation> CallAsync(
        TestAccount from, AppId application, ReadOnlyMemory<byte> data, ulong amount = 0, ulong fee = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        return ConfirmAsync(Transfer.SignCall(from.Key, application, data.Span, Context, fee, amount), cancellation);
    }

    /// <summary>Submits a transaction, and makes the block that confirms it, whether the ledger mines by itself or not.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Where it was confirmed.</returns>
    /// <exception cref="TransactionRejectedException">A rule keeps it out, for now or for good.</exception>
    public async Task<Confirmation> ConfirmAsync(Transaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Admission admission = await Host.SubmitAsync(transaction, cancellation).ConfigureAwait(false);
        if (!admission.IsValid) throw new TransactionRejectedException(admission);
        TransactionId id = Host.Profile.Format.SigningDigest(transaction, Host.ChainId);
        // A block may be full of what pays more.
        while (!AutoMine && Host.Pool.StatusOf(id) == PoolStatus.Ready) await MineAsync(1, cancellation).ConfigureAwait(false);
        return await Host.SubmitAndConfirmAsync(transaction, 1, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ulong Balance(Address address) => Host.Balance(address);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => Host.EntryOf(application, key);

    /// <inheritdoc/>
    public Task<Admission> SubmitAsync(Transaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Host.SubmitAsync(transaction, cancellation);
    }

    /// <inheritdoc/>
    public Task<Confirmation> SubmitAndConfirmAsync(Transaction transaction, int confirmations = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Host.SubmitAndConfirmAsync(transaction, confirmations, cancellation);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TransactionUpdate> FollowAsync(TransactionId id, ulong confirmations = ulong.MaxValue, CancellationToken cancellation = default) =>
        Host.FollowAsync(id, confirmations, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<LedgerEvent> EventsAsync(BlockId? after = null, CancellationToken cancellation = default) => Host.EventsAsync(after, cancellation);

    /// <summary>Stops the ledger, and wipes the keys.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Host.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (TestAccount account in Accounts) account.Key.Dispose();
            _authority.Dispose();
            _turn.Dispose();
        }
    }

    private static void ThrowIfOutOfRange(int blocks, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks, MaxBlocks, name);
    }

    private async Task<IDisposable> TakeTurnAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        return new Turn(this);
    }

    /// <summary>Stops the miner, and waits until the tip cannot move by itself any more.</summary>
    private async Task<HashedBlock> StandStillAsync(CancellationToken cancellation)
    {
        await WaitForAsync(_orders.HoldAsync(), ulong.MaxValue, Host.Tip.Id, cancellation).ConfigureAwait(false);
        await Host.WaitUntilSettledAsync(cancellation).ConfigureAwait(false);
        return Host.Tip;
    }

    private async Task<HashedBlock> MineUpToAsync(ulong height, BlockId after, CancellationToken cancellation)
    {
        Task<string> fault = _orders.Begin(height);
        return await WaitForAsync(fault, height, after, cancellation).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"No block can be made: {await fault.ConfigureAwait(false)}");
    }

    /// <summary>Waits for a block, or for something else; also ends, by an exception, where the ledger does.</summary>
    /// <returns>The block; <c>null</c> where the other came first.</returns>
    private async Task<HashedBlock?> WaitForAsync(Task other, ulong height, BlockId after, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<HashedBlock> block = WaitForAsync(height, after, end.Token);
#pragma warning disable VSTHRD003 // What the producer completes; it waits for nothing that this method holds.
        bool isOther = await Task.WhenAny(block, other).ConfigureAwait(false) == other;
#pragma warning restore VSTHRD003
        await end.CancelAsync().ConfigureAwait(false);
        return isOther ? null : await block.ConfigureAwait(false);
    }

    private async Task<HashedBlock> WaitForAsync(ulong height, BlockId after, CancellationToken cancellation)
    {
        await foreach (LedgerEvent change in Host.EventsAsync(after, cancellation).ConfigureAwait(false))
        {
            if (change is LedgerEvent.Connected && change.Block.Header.Height >= height) return change.Block;
        }

        throw new ObjectDisposedException(nameof(TestLedger));
    }

    private IEnumerable<Transaction> ReadTransactions(ulong from, ulong to)
    {
        for (ulong height = from; height <= to; height++)
        {
            foreach (HashedTransaction transaction in Host.Chain.BlockAt(height)!.Transactions.Skip(1)) yield return transaction.Transaction;
        }
    }

    /// <summary>One thing at a time is done to the chain, while its miner is held; at the end it goes on.</summary>
    private sealed class Turn(TestLedger ledger) : IDisposable
    {
        public void Dispose()
        {
            ledger._orders.Release();
            ledger._turn.Release();
        }
    }
}
