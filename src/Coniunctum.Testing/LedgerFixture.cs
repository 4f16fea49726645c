namespace Coniunctum.Testing;

/// <summary>
/// A ledger that several tests share, each of which finds it as it was prepared: started and prepared once, then taken back before each
/// test. Knows no test framework, and has the methods that they ask for. Tests that share it run one after another.
/// </summary>
/// <remarks>
/// xUnit.net 3: <c>class ShopLedger : LedgerFixture, IAsyncLifetime</c> is a class fixture as it stands. NUnit: call
/// <see cref="InitializeAsync"/> in <c>[OneTimeSetUp]</c>, <see cref="ResetAsync"/> in <c>[SetUp]</c>, <see cref="DisposeAsync"/> in <c>[OneTimeTearDown]</c>.
/// </remarks>
/// <example>
/// <code>
/// public sealed class ShopLedger : LedgerFixture
/// {
///     protected override Task PrepareAsync(TestLedger ledger) =&gt; ledger.PayAsync(ledger.Accounts[0], Shop.Address, 1_000);
/// }
/// </code>
/// </example>
public class LedgerFixture : IAsyncDisposable
{
    private TestLedger? _ledger;
    private TestSnapshot? _prepared;

    /// <summary>The ledger.</summary>
    /// <exception cref="InvalidOperationException">The fixture was not initialized.</exception>
    public TestLedger Ledger => _ledger ?? throw new InvalidOperationException($"The ledger was not started: call {nameof(InitializeAsync)} before the first test.");

    /// <summary>What the ledger starts with. Default: the defaults.</summary>
    protected virtual TestLedgerOptions Options { get; } = new();

    /// <summary>Starts the ledger and prepares it. Called once, before the first test.</summary>
    public async ValueTask InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync(Options).ConfigureAwait(false);
        await PrepareAsync(_ledger).ConfigureAwait(false);
        _prepared = _ledger.TakeSnapshot();
    }

    /// <summary>Makes the ledger what it was when it had been prepared. Called before each test.</summary>
    /// <exception cref="InvalidOperationException">The fixture was not initialized.</exception>
    public async ValueTask ResetAsync()
    {
        await Ledger.RevertAsync(_prepared!).ConfigureAwait(false);
        if (Ledger.Host.Pool.WaitingCount == 0) return;
        // Nothing takes from the pool what no block may hold yet.
        await DisposeAsync().ConfigureAwait(false);
        await InitializeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the ledger. Called once, after the last test.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_ledger is { } ledger) await ledger.DisposeAsync().ConfigureAwait(false);
        _ledger = null;
    }

    /// <summary>Does what each test is to find done. By default nothing.</summary>
    /// <param name="ledger">The ledger.</param>
    protected virtual Task PrepareAsync(TestLedger ledger) => Task.CompletedTask;
}
