using System.Runtime.CompilerServices;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>An application that is given an <see cref="ILedger"/> runs on one of its tests' own as on one that runs.</summary>
public sealed class FakeLedgerTests
{
    private readonly Address _shop = new(Sha3_256.Hash([9]));
    private PrivateKey _key = null!;
    private Address _owner;

    [SetUp]
    public void CreateKey()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = Profiles.Development.Signatures.AddressOf(_key.PublicKey);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task Till_OnAFake_PaysWhatItCan()
    {
        var fake = new FakeLedger { Balances = { [_owner] = 10 } };
        var till = new Till(fake, _key, _owner);
        Assert.That(await till.TryPayAsync(_shop, 11), Is.False);
        Assert.That(await till.TryPayAsync(_shop, 4), Is.True);
        Assert.That(fake.Submitted.Select(transfer => (transfer.Receiver, transfer.Amount)), Is.EqualTo(new[] { (_shop, 4UL) }));
    }

    [Test]
    public async Task Till_OnAFakeThatHasStopped_SaysSo()
    {
        var stopped = new LedgerHaltedException(new Consensus.HaltReason(Consensus.HaltCode.StoreFailed, "the disk is full"));
        var till = new Till(new FakeLedger { Balances = { [_owner] = 10 }, Failure = stopped }, _key, _owner);
        Assert.That(() => till.TryPayAsync(_shop, 4), Throws.TypeOf<LedgerHaltedException>());
    }

    [Test]
    public async Task Till_OnOneThatRuns_PaysWhatItCan()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        var till = new Till(ledger, _key, _owner);
        Assert.That(await till.TryPayAsync(_shop, 2_000_000_000).Soon(), Is.False);
        Assert.That(await till.TryPayAsync(_shop, 4).Soon(), Is.True);
        Assert.That(ledger.Balance(_shop), Is.EqualTo(4));
    }

    [Test]
    public void Interface_IsSmallEnoughToFake() =>
        Assert.That(typeof(ILedger).GetMembers().Count(member => member is not System.Reflection.MethodInfo { IsSpecialName: true }), Is.LessThanOrEqualTo(7));

    /// <summary>The application.</summary>
    private sealed class Till(ILedger ledger, PrivateKey key, Address owner)
    {
        public async Task<bool> TryPayAsync(Address shop, ulong price)
        {
            if (ledger.Balance(owner) < price) return false;
            Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: shop, amount: price, ledger.Context));
            return confirmation.Depth >= 1;
        }
    }

    private sealed class FakeLedger : ILedger
    {
        public Dictionary<Address, ulong> Balances { get; } = [];

        public List<Transaction> Submitted { get; } = [];

        public Exception? Failure { get; init; }

        public TransferContext Context { get; } = new(Profiles.Development, default, 0, SystemEntropy.Instance);

        public ulong Balance(Address address) => Balances.GetValueOrDefault(address);

        public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => default;

        public Task<Admission> SubmitAsync(Transaction transaction, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<Confirmation> SubmitAndConfirmAsync(Transaction transaction, int confirmations = 1, CancellationToken cancellation = default)
        {
            if (Failure is not null) return Task.FromException<Confirmation>(Failure);
            Submitted.Add(transaction);
            return Task.FromResult(new Confirmation(default, default, 1, 1, IsFinal: true));
        }

        public async IAsyncEnumerable<TransactionUpdate> FollowAsync(
            TransactionId id, ulong confirmations = ulong.MaxValue, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await Task.CompletedTask;
            yield break;
        }

        public async IAsyncEnumerable<LedgerEvent> EventsAsync(BlockId? after = null, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await Task.CompletedTask;
            yield break;
        }
    }
}
