using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>
/// Readers on four threads while a ledger on a real file takes blocks in, and is reorganized again and again: what one view says
/// agrees with itself, with the header of its tip, and with the disk.
/// </summary>
[Category("Long")]
public sealed class ConcurrentReadsTests
{
    private const int Seed = 20261128;
    private const int Blocks = 120;
    private const int Readers = 4;

    private static readonly int s_reads = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000_000 : 20_000;

    private readonly ForkedScript _script = new(Blocks, Seed);
    private Address[] _owners = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder()
    {
        // All that anyone owns: what the script's genesis grants, and what its miners are paid.
        _owners = [_script.Profile.Genesis.Allocations[0].Receiver, .. _script.Blocks.SelectMany(block => block.Transactions).Select(transaction => transaction.Transaction.Receiver).Distinct()];
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public async Task Views_ReadWhileBlocksComeAndGo_AgreeWithThemselvesAndWithTheDisk()
    {
        int reads = 0, rounds = 0;
        var tips = new HashSet<BlockId>();
        for (; reads < s_reads; rounds++)
        {
            SqliteChainStore store = SqliteChainStore.Open(_folder.PathOf(Invariant($"{rounds}.db")));
            await using LedgerHost ledger = await LedgerBuilder.For(_script.Profile).UseStore(store).FollowOthers().StartAsync();
            Task writing = Task.Run(() => WriteAsync(ledger));
            Task<Reader>[] readers = [.. Enumerable.Range(0, Readers).Select(number => Task.Run(() => Read(new Reader(_script.Profile, _owners, ledger, store), writing, number)))];
            foreach (Reader reader in await Task.WhenAll(readers))
            {
                reads += reader.Reads;
                tips.UnionWith(reader.Tips);
            }

            await writing;
        }

        Assert.That(tips, Has.Count.GreaterThan(Blocks / 20));
        await TestContext.Out.WriteLineAsync(Invariant($"seed {Seed}: {reads:#,0} reads of {tips.Count} tips in {rounds} rounds, 0 differences"));
    }

    private async Task WriteAsync(LedgerHost ledger)
    {
        foreach (IReadOnlyList<HashedBlock> segment in _script.Segments)
        {
            foreach (HashedBlock block in segment) Assert.That((await ledger.SubmitBlockAsync(block).Soon()).IsValid);
            await ledger.WaitUntilSettledAsync().Soon();
            if (ledger.ReadView().Tip.Id != segment[^1].Id) Assert.Fail(Invariant($"what was settled is not to be read at height {segment[^1].Header.Height}"));
        }
    }

    private static Reader Read(Reader reader, Task writing, int number)
    {
        var random = new Random(Seed + number);
        while (!writing.IsCompleted) reader.ReadOnce(random);
        return reader;
    }

    private sealed class Reader(ChainProfile profile, Address[] owners, LedgerHost ledger, SqliteChainStore store)
    {
        public HashSet<BlockId> Tips { get; } = [];

        public int Reads { get; private set; }

        public void ReadOnce(Random random)
        {
            Reads++;
            LedgerView view = ledger.ReadView();
            HashedBlock tip = view.Tip;
            Tips.Add(tip.Id);
            ulong sum = 0;
            foreach (Address owner in owners) sum += view.Balance(owner);
            ulong due = profile.SupplyAt(tip.Header.Height);
            if ((sum, view.Supply, view.Status.Supply) != (due, due, due)) Fail($"{sum}, {view.Supply} and {view.Status.Supply} of {due}", tip);
            if (!ReferenceEquals(view.Status.Tip, tip)) Fail("another tip in the status", tip);
            if (view.Status.FinalHeight > tip.Header.Height) Fail($"final up to {view.Status.FinalHeight}", tip);
            if (store.FindHead(tip.Id)?.Height != tip.Header.Height) Fail("not in the store", tip);

            // What is asked of the ledger itself is as new as any view that was read before.
            ulong later = ledger.Tip.Header.Height;
            if (ledger.ReadView().Tip.Header.Height < later) Fail($"the tip was at {later}", tip);
            if (random.Next(8) != 0) return;
            Address some = owners[random.Next(owners.Length)];
            ProofOutcome outcome = StateProof.VerifyBalance(view.ProveBalance(some).Proof, tip.Header.StateRoot, some, out ulong proven);
            if (outcome is not (ProofOutcome.Present or ProofOutcome.Absent) || proven != view.Balance(some)) Fail($"{outcome} with {proven}", tip);
            if (ledger.Chain.StateAfter(tip.Id) is { } kept && kept.BalanceOf(some) != proven) Fail("another state is kept", tip);
        }

        private static void Fail(string found, HashedBlock tip) => Assert.Fail(Invariant($"height {tip.Header.Height}: {found}"));
    }
}
