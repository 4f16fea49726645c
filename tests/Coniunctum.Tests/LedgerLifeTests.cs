using System.Reflection;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class LedgerLifeTests
{
    private PrivateKey _key = null!;

    [SetUp]
    public void CreateKey() => _key = PrivateKey.Generate(SystemEntropy.Instance);

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    public static IEnumerable<TestCaseData> Properties =>
        typeof(LedgerHost).GetProperties().Select(property => new TestCaseData(property).SetArgDisplayNames(property.Name));

    [TestCaseSource(nameof(Properties))]
    public async Task Property_BeforeTheStart_Throws(PropertyInfo property)
    {
        await using LedgerHost ledger = Builder().Build();
        var thrown = Assert.Throws<TargetInvocationException>(() => property.GetValue(ledger));
        Assert.That(thrown.InnerException, Is.TypeOf<InvalidOperationException>().With.Message.Contains("StartAsync"));
    }

    [Test]
    public async Task Method_BeforeTheStart_Throws()
    {
        await using LedgerHost ledger = Builder().Build();
        Assert.That(() => ledger.ReadView(), Throws.TypeOf<InvalidOperationException>());
        Assert.That(() => ledger.Balance(default), Throws.TypeOf<InvalidOperationException>());
        Assert.That(() => ledger.EntryOf(default, default), Throws.TypeOf<InvalidOperationException>());
        Assert.That(() => ledger.EventsAsync(), Throws.TypeOf<InvalidOperationException>());
        Assert.That(() => ledger.WaitUntilSettledAsync(), Throws.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task Start_OfOneThatWasBuilt_Runs()
    {
        var store = new TestStore();
        LedgerHost ledger = Builder().UseStore(store).Build();
        Assert.That(store.Tip, Is.Null, "nothing is touched before the start");
        await ledger.StartAsync().Soon();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, to: Friend, amount: 5, ledger.Context)).Soon();
        Assert.That((ledger.Balance(Friend), ledger.Halted), Is.EqualTo((5UL, (HaltReason?)null)));

        await ledger.StopAsync().Soon();
        Assert.That(ledger.Halted!.Code, Is.EqualTo(HaltCode.Stopped));
        Assert.That(store.IsDisposed);
    }

    [Test]
    public async Task Stop_WhenTheLastCommitFails_SaysSo_AndTheStoreIsClosedAllTheSame()
    {
        var store = new TestStore();
        LedgerHost ledger = Builder().UseStore(store).Build();
        await ledger.StartAsync().Soon();
        store.OnRecords = _ => throw new IOException("the disk is full");
        Assert.That(() => ledger.StopAsync().Soon(), Throws.TypeOf<LedgerHaltedException>().With.Message.Contains("the disk is full"));
        Assert.That(store.IsDisposed);
    }

    [Test]
    public async Task Start_OfAStoreWhosePoolIsDamaged_BeginsWithAnEmptyOne()
    {
        var memory = await StoreOfAsync();
        var store = new TestStore(memory) { OnReadRecord = (key, record) => key == "pool" ? throw new InvalidDataException("The row is damaged.") : record };
        await using LedgerHost ledger = Builder().UseStore(store).Build();
        await ledger.StartAsync().Soon();
        Assert.That(ledger.Pool.Count, Is.Zero);
        Assert.That(ledger.Pool.RestoreFault, Is.EqualTo("The row is damaged."));
    }

    [Test]
    public async Task Start_Twice_Throws()
    {
        await using LedgerHost ledger = Builder().Build();
        await ledger.StartAsync().Soon();
        Assert.That(() => ledger.StartAsync(), Throws.TypeOf<InvalidOperationException>().With.Message.Contains("started before"));
    }

    [Test]
    public async Task Start_AfterOneThatFailed_Throws()
    {
        var store = new TestStore();
        await using LedgerHost ledger = Builder().UseStore(store).UseEntropy(new NoEntropy()).Build();
        Assert.That(() => ledger.StartAsync().Soon(), Throws.TypeOf<NotSupportedException>());
        Assert.That(store.IsDisposed, "nobody else could");
        Assert.That(() => ledger.StartAsync(), Throws.TypeOf<InvalidOperationException>().With.Message.Contains("started before"));
        Assert.That(() => ledger.Tip, Throws.TypeOf<InvalidOperationException>().With.Message.Contains("StartAsync"));
    }

    [Test]
    public async Task Stop_BeforeTheStart_ClosesTheStore()
    {
        var store = new TestStore();
        LedgerHost ledger = Builder().UseStore(store).Build();
        await ledger.StopAsync().Soon();
        Assert.That(store.IsDisposed);
        Assert.That(() => ledger.StartAsync(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => ledger.Tip, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Stop_WhileItStarts_EndsTheStart()
    {
        var memory = await StoreOfAsync();
        var isReading = new TaskCompletionSource();
        using var mayGoOn = new ManualResetEventSlim();
        var store = new TestStore(memory)
        {
            OnReadRecord = (_, record) =>
            {
                isReading.TrySetResult();
                mayGoOn.Wait();
                return record;
            },
        };
        LedgerHost ledger = Builder().UseStore(store).Build();
        Task start = ledger.StartAsync();
        await isReading.Task.Soon();
        Task stop = ledger.StopAsync();
        mayGoOn.Set();
        await stop.Soon();
        Assert.That(() => start.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(store.IsDisposed);
    }

    [Test]
    public async Task Stop_Cancelled_StopsWaitingAndStopsAllTheSame()
    {
        var store = new TestStore();
        LedgerHost ledger = Builder().UseStore(store).Build();
        await ledger.StartAsync().Soon();
        Task cancelled = ledger.StopAsync(new CancellationToken(canceled: true));
        Assert.That(() => ledger.SubmitBlockAsync(ledger.Tip), Throws.InstanceOf<ObjectDisposedException>(), "at once");
        try
        {
            await cancelled.Soon();
        }
        catch (OperationCanceledException)
        {
            // It had not ended yet.
        }

        await ledger.StopAsync().Soon();
        Assert.That(store.IsDisposed);
    }

    [Test]
    public async Task Build_ThenTheBuilderIsToldMore_DoesNotChangeWhatWasBuilt()
    {
        LedgerBuilder builder = Builder();
        await using LedgerHost ledger = builder.Build();
        builder.Allocate(Friend, 7);
        await ledger.StartAsync().Soon();
        Assert.That(ledger.Balance(Friend), Is.Zero);
    }

    private static Address Friend => new(Sha3_256.Hash([7]));

    private LedgerBuilder Builder() => LedgerBuilder.For(Profiles.Development).UseAuthority(_key);

    private async Task<Ledger.Storage.MemoryChainStore> StoreOfAsync()
    {
        var memory = new Ledger.Storage.MemoryChainStore();
        await using LedgerHost ledger = await Builder().UseStore(new TestStore(memory)).StartAsync().Soon();
        return memory;
    }

    private sealed class NoEntropy : IEntropySource
    {
        public void Fill(Span<byte> bytes) => throw new NotSupportedException();
    }
}
