using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>What happens to a transaction, from the pool to a block and back, also over a restart.</summary>
[TestFixture]
internal sealed class TransactionLifeTests
{
    private PrivateKey _key = null!;
    private Address _owner;
    private Address _friend;
    private Address _miner;
    private ChainProfile _profile = null!;
    private BlockMaker _maker = null!;

    [SetUp]
    public void MakeChain()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = Profiles.Standard.Signatures.AddressOf(_key.PublicKey);
        _friend = new Address(Sha3_256.Hash([1]));
        _miner = new Address(Sha3_256.Hash([2]));
        _profile = Profiles.Standard with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
            Genesis = new GenesisSpec { Timestamp = Profiles.Standard.Genesis.Timestamp, Allocations = [new(_owner, 1_000_000)] },
        };
        _maker = new BlockMaker(_profile);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task Follow_ThroughAReorganization_TellsEveryMomentInOrder()
    {
        await using LedgerHost ledger = await StartAsync(new MemoryChainStore());
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context, fee: 1_000);
        TransactionId id = IdOf(transfer);
        await using IAsyncEnumerator<TransactionUpdate> life = ledger.FollowAsync(id, confirmations: 2).GetAsyncEnumerator();

        Assert.That(await NextAsync(life), Is.EqualTo("Unknown"));
        await ledger.SubmitAsync(transfer).Soon();
        Assert.That(await NextAsync(life), Is.EqualTo("Pooled"));

        HashedBlock first = _maker.Next(_miner, transfer);
        await ledger.SubmitBlockAsync(first).Soon();
        Assert.That(await NextAsync(life), Is.EqualTo($"Confirmed 1 in {first.Id}"));

        var other = new BlockMaker(_profile);
        HashedBlock[] longer = [other.Next(_friend), other.Next(_friend)];
        foreach (HashedBlock block in longer) await ledger.SubmitBlockAsync(block).Soon();
        Assert.That(await NextAsync(life), Is.EqualTo($"Disconnected 0 in {first.Id}"));
        Assert.That(await NextAsync(life), Is.EqualTo("Pooled"));

        HashedBlock third = other.Next(_miner, transfer);
        HashedBlock fourth = other.Next(_miner);
        await ledger.SubmitBlockAsync(third).Soon();
        Assert.That(await NextAsync(life), Is.EqualTo($"Confirmed 1 in {third.Id}"));
        await ledger.SubmitBlockAsync(fourth).Soon();
        Assert.That(await NextAsync(life), Is.EqualTo($"Confirmed 2 in {third.Id}"));
        Assert.That(await life.MoveNextAsync().AsTask().Soon(), Is.False, "deep enough");
    }

    [Test]
    public async Task Follow_TransactionThatIsReplaced_NamesTheOther()
    {
        await using LedgerHost ledger = await StartAsync(new MemoryChainStore());
        Transaction cheap = Transfer.Sign(_key, _friend, 5, ledger.Context, fee: 1_000);
        Transaction dear = Resign(cheap, fee: 5_000);
        await ledger.SubmitAsync(cheap).Soon();
        await using IAsyncEnumerator<TransactionUpdate> life = ledger.FollowAsync(IdOf(cheap)).GetAsyncEnumerator();
        Assert.That(await NextAsync(life), Is.EqualTo("Pooled"));

        await ledger.SubmitAsync(dear).Soon();
        await life.MoveNextAsync().AsTask().Soon();
        Assert.That((life.Current.Stage, life.Current.Reason.Rule, life.Current.ReplacedBy), Is.EqualTo((TransactionStage.Dropped, PoolRule.Replaced, (TransactionId?)IdOf(dear))));
    }

    [Test]
    public async Task Follow_LedgerThatIsDisposed_EndsTheStream()
    {
        LedgerHost ledger = await StartAsync(new MemoryChainStore());
        await using IAsyncEnumerator<TransactionUpdate> life = ledger.FollowAsync(default).GetAsyncEnumerator();
        Assert.That(await NextAsync(life), Is.EqualTo("Unknown"));
        await ledger.DisposeAsync();
        Assert.That(await life.MoveNextAsync().AsTask().Soon(), Is.False);
    }

    [Test]
    public async Task Dispose_ThenStart_BringsThePoolBack()
    {
        var store = new MemoryChainStore();
        Transaction transfer;
        await using (LedgerHost ledger = await StartAsync(store))
        {
            transfer = Transfer.Sign(_key, _friend, 5, ledger.Context, fee: 1_000);
            Assert.That((await ledger.SubmitAsync(transfer).Soon()).IsValid, Is.True);
        }

        await using LedgerHost again = await StartAsync(store);
        await using IAsyncEnumerator<TransactionUpdate> life = again.FollowAsync(IdOf(transfer)).GetAsyncEnumerator();
        string stage = await NextAsync(life);
        if (stage is "Unknown") stage = await NextAsync(life);
        Assert.That(stage, Is.EqualTo("Pooled"));
        Assert.That(again.Pool.Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Start_PoolThatIsDamaged_LosesNothingButThePool()
    {
        var store = new MemoryChainStore();
        await using (LedgerHost ledger = await StartAsync(store)) await ledger.SubmitBlockAsync(_maker.Next(_miner)).Soon();
        store.Commit(new StoreBatch { Records = [new StoreBatch.Record("pool", new byte[] { 0x93, 0x01, 0xC1 })] });
        await using LedgerHost again = await StartAsync(store);
        Assert.That((again.Tip.Header.Height, again.Pool.Count), Is.EqualTo((1UL, 0)));
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<TransactionUpdate> life)
    {
        Assert.That(await life.MoveNextAsync().AsTask().Soon(), Is.True);
        TransactionUpdate moment = life.Current;
        return moment.Block is { } block ? $"{moment.Stage} {moment.Confirmations} in {block}" : $"{moment.Stage}";
    }

    private Task<LedgerHost> StartAsync(MemoryChainStore store) => LedgerBuilder.For(_profile).UseStore(store).StartAsync().Soon();

    private TransactionId IdOf(Transaction transaction) => _profile.Format.SigningDigest(transaction, _maker.Genesis.Id);

    /// <summary>The same transfer with the same tag and another fee.</summary>
    private Transaction Resign(Transaction transaction, ulong fee)
    {
        var other = new Transaction { Tag = transaction.Tag, Sender = transaction.Sender, Receiver = transaction.Receiver, Amount = transaction.Amount, Fee = fee };
        byte[] signature = new byte[_profile.Signatures.SignatureSize];
        _profile.Signatures.Sign(_key, IdOf(other).Value, signature);
        return other.WithSignature(signature);
    }
}
