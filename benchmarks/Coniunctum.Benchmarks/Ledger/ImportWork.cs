using System.Diagnostics;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>Blocks of signed transfers as bytes, and the ways of importing them into a new ledger in a SQLite file.</summary>
internal sealed class ImportWork : IDisposable
{
    private const int Seed = 20260101;

    private readonly TransferChain _chain;
    private readonly ReadOnlyMemory<byte>[] _blocks;
    private readonly int _transfersABlock;
    private readonly MemoryStream _file;

    private ImportWork(TransferChain chain, ReadOnlyMemory<byte>[] blocks, int transfersABlock, MemoryStream file)
    {
        _chain = chain;
        _blocks = blocks;
        _transfersABlock = transfersABlock;
        _file = file;
    }

    /// <summary>How many transfers the blocks hold together.</summary>
    public int Transfers => _blocks.Length * _transfersABlock;

    /// <summary>The accounts between which they go.</summary>
    public IReadOnlyList<Address> Accounts => _chain.Accounts;

    public static async Task<ImportWork> CreateAsync(int transfersABlock, int transfers, int accounts)
    {
        var chain = new TransferChain(Profiles.Standard, accounts, signed: true, Seed);
        ReadOnlyMemory<byte>[] blocks = [.. Enumerable.Range(0, transfers / transfersABlock).Select(_ => chain.Next(transfersABlock))];
        return new ImportWork(chain, blocks, transfersABlock, await FileOfAsync(chain, blocks));
    }

    public void Dispose()
    {
        _chain.Dispose();
        _file.Dispose();
    }

    /// <summary>Imports as a node does: signatures on all cores, ahead of execution and commits.</summary>
    /// <param name="begin">Is given the ledger before the first block.</param>
    public async Task<TimeSpan> ImportAsync(Action<LedgerHost>? begin = null)
    {
        using var folder = new Folder();
        await using LedgerHost ledger = await LedgerBuilder.For(_chain.Profile).UseStore(SqliteChainStore.Open(folder.Database)).StartAsync();
        _file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(_file, _chain.Profile.Limits);
        begin?.Invoke(ledger);
        long start = Stopwatch.GetTimestamp();
        ImportOutcome outcome = await ledger.ImportAsync(reader);
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return outcome.Refused is null ? taken : throw new InvalidOperationException($"The workload is wrong: {outcome.Refused}.");
    }

    /// <summary>Starts a ledger in a SQLite file that has all the blocks, and listens on loopback under TLS.</summary>
    /// <param name="path">The file.</param>
    public async Task<LedgerHost> ServeAsync(string path)
    {
        LedgerHost ledger = await LedgerBuilder.For(_chain.Profile).UseStore(SqliteChainStore.Open(path))
            .UseNetwork(new NetworkOptions { Listen = { "127.0.0.1:0" } }).StartAsync();
        _file.Position = 0;
        ImportOutcome outcome = await ledger.ImportAsync(await BlockFileReader.OpenAsync(_file, _chain.Profile.Limits));
        await ledger.WaitUntilSettledAsync();
        return outcome.Refused is null ? ledger : throw new InvalidOperationException($"The workload is wrong: {outcome.Refused}.");
    }

    /// <summary>Brings a new ledger in a SQLite file up to another's chain, from connecting on.</summary>
    /// <param name="address">Where the other one is reached.</param>
    public async Task<TimeSpan> SynchronizeAsync(string address)
    {
        using var folder = new Folder();
        await using LedgerHost ledger = await LedgerBuilder.For(_chain.Profile).UseStore(SqliteChainStore.Open(folder.Database))
            .UseNetwork(new NetworkOptions()).StartAsync();
        long start = Stopwatch.GetTimestamp();
        await ledger.Network!.AddPeerAsync(address);
        await ledger.Network.WaitUntilSynchronizedAsync();
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return ledger.Tip.Id == _chain.Tip.Id ? taken : throw new InvalidOperationException($"The ledger was synchronised up to height {ledger.Tip.Header.Height} of {_blocks.Length}.");
    }

    /// <summary>Does the same one after the other on the caller's thread: decode, verify, execute, roots, undo record, one commit a block.</summary>
    public TimeSpan ImportAlone()
    {
        using var folder = new Folder();
        using SqliteChainStore store = SqliteChainStore.Open(folder.Database);
        ChainProfile profile = _chain.Profile;
        var state = new LedgerState(profile.Format.Traits, default);
        state.Apply(GenesisBlock.Create(profile).Delta);
        store.Commit(BatchOf(_chain, _chain.Genesis, default));
        long start = Stopwatch.GetTimestamp();
        foreach (ReadOnlyMemory<byte> encoded in _blocks)
        {
            HashedBlock.Decode(encoded, profile.Format, profile.Limits, _chain.Genesis.Id, out HashedBlock? block);
            Require(BlockRules.CheckBody(block!, profile).IsValid);
            SignatureClaim[] claims = [.. block!.Transactions.Skip(1).Select(transaction =>
                new SignatureClaim(transaction.Id.Value, transaction.Transaction.Signature, transaction.Transaction.Sender))];
            Require(SignatureVerifier.Recover(profile.Signatures, claims).Zip(claims).All(pair =>
                pair.First.Outcome == SignatureOutcome.Valid && pair.First.Signer == pair.Second.Signer));
            var overlay = new StateOverlay(state);
            Require(BlockRules.Execute(block, profile, overlay, Work.FromTarget(block.Header.Target), out StateDelta? delta).IsValid);
            state.Apply(overlay.Total());
            store.Commit(BatchOf(_chain, block, delta!.Encode()));
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Imports some of the first blocks into the plain ledger, which writes nothing.</summary>
    /// <param name="transfers">How many transfers at least.</param>
    /// <returns>How long it took, and how many there were.</returns>
    public (TimeSpan Taken, int Transfers) ImportPlainly(int transfers)
    {
        int some = Math.Clamp(transfers / _transfersABlock, 1, _blocks.Length);
        return (PlainLedger.Import(_chain, _blocks.AsSpan(0, some)), some * _transfersABlock);
    }

    /// <summary>What a block writes.</summary>
    public static StoreBatch BatchOf(TransferChain chain, HashedBlock block, ReadOnlyMemory<byte> undo) => new()
    {
        Connected = [new StoredBlock(HeadCodec.Write(block, chain.Profile.Format, default, Work.From(block.Header.Height)), block.Encoded, undo)],
    };

    private static async Task<MemoryStream> FileOfAsync(TransferChain chain, ReadOnlyMemory<byte>[] blocks)
    {
        using var store = new MemoryChainStore();
        foreach (ReadOnlyMemory<byte> encoded in blocks.Prepend(chain.Genesis.Encoded))
        {
            HashedBlock.Decode(encoded, chain.Profile.Format, chain.Profile.Limits, chain.Genesis.Id, out HashedBlock? block);
            store.Commit(BatchOf(chain, block!, default));
        }

        var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, chain.Profile.Limits);
        return file;
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("The workload is wrong: a block that must be valid is not.");
    }

    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("coniunctum-import").FullName;

        public string Database => Path.Combine(_path, "ledger.db");

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
