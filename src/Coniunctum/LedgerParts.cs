using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;

namespace Coniunctum;

/// <summary>The parts of a ledger that runs, joined: a node, what runs it, and those who hear of what it does.</summary>
internal sealed class LedgerParts : IAsyncDisposable
{
    private readonly NodeRunner _runner;
    private readonly IndexFollower? _follower;
    private readonly LedgerMeter _meter;
    private bool? _wasSound;

    private LedgerParts(LedgerSetup setup, ChainProfile profile, NodeCore<ChainCore> node, IChainStore store, NonceSearch search, IChainIndex? index, OpenNetwork? network)
    {
        Profile = profile;
        ChainId = node.Chain.Genesis.Id;
        Setup = setup;
        Store = store;
        Search = search;
        Views = new ViewPublisher(node);
        _meter = new LedgerMeter(profile, ChainId, setup.Meters);
        _runner = new NodeRunner(profile, node, store, setup.Time, Views, network?.Peers, _meter);
        var durable = new DurableChain(profile, ChainId, store, node.Chain.Tip, node.Chain.FinalHeight);
        Chain = new LedgerChain(_runner, durable, Views, ChainId);
        Pool = new LedgerPool(_runner, Views, profile, ChainId);
        Blocks = new BlockSubmissions(_runner, setup.FollowsOthers || network is not null);
        Transactions = new LedgerTransactions(profile, ChainId, _runner, Chain, Pool, Blocks, new TransactionSearch(Chain, index));
        Development = new LedgerDevelopment(profile, _runner, Chain);

        // Whoever reads the chain behind an answer finds it moved: it hears of everything first.
        foreach (INodeListener listener in new INodeListener[] { Chain, Pool, Blocks, Transactions, Development, _meter }) _runner.Attach(listener);
        if (network is not null) _runner.Attach(Network = new LedgerNetwork(_runner, network));
        ImmutableArray<HashedTransaction> saved = SavedPool.Read(store.ReadRecord, profile, ChainId, setup.Pool, out string? fault);
        Pool.RestoreFault = fault;
        _meter.Observe(this);
        _runner.Start(saved.IsEmpty ? [] : [new NodeInput.PoolRestored(saved)]);
        if (index is not null) _follower = new IndexFollower(Chain, index);
    }

    public LedgerSetup Setup { get; }

    public ChainProfile Profile { get; }

    public BlockId ChainId { get; }

    public IChainReader Store { get; }

    public NonceSearch Search { get; }

    public ViewPublisher Views { get; }

    public LedgerChain Chain { get; }

    public LedgerPool Pool { get; }

    public BlockSubmissions Blocks { get; }

    public LedgerTransactions Transactions { get; }

    public LedgerDevelopment Development { get; }

    public LedgerNetwork? Network { get; }

    public IChainIndex? Index => _follower?.Index;

    public string? IndexFault => _follower?.Fault;

    public NodeRunner Runner => _runner;

    /// <summary>Opens the store, restores its chain, and starts the node. The store is disposed when that fails.</summary>
    public static async Task<LedgerParts> OpenAsync(LedgerSetup setup, CancellationToken cancellation)
    {
        IChainStore store = setup.Store ?? new MemoryChainStore();
        IChainIndex? index = null;
        OpenNetwork? network = null;
        try
        {
            var search = new NonceSearch(setup.Threads);
            ChainProfile profile = setup.Drawn(store);
            // Before what may take long: a port in use is to be heard of at once.
            if (setup.OpenNetwork is { } open) network = await open(profile, store, setup, cancellation).ConfigureAwait(false);
            var node = new NodeSetup
            {
                Peers = network?.Peers.Machine,
                Producer = setup.Producer?.Invoke(profile, search),
                Pool = setup.Pool,
                Chain = setup.Chain,
                Entropy = setup.Entropy,
                Progress = setup.Progress,
            };
            NodeCore<ChainCore> core = await Task.Run(() => StoredChain.Open(profile, store, node, cancellation), cancellation).ConfigureAwait(false);
            index = setup.OpenIndex?.Invoke(core.Chain.Genesis.Id);
            return new LedgerParts(setup, profile, core, store, search, index, network);
        }
        catch
        {
            try
            {
                if (network is not null) await network.Peers.DisposeAsync().ConfigureAwait(false);
                index?.Dispose();
            }
            finally
            {
                store.Dispose();
            }

            throw;
        }
    }

    /// <summary>Refuses everything from here on.</summary>
    public void BeginEnd() => _wasSound ??= _runner.BeginEnd();

    /// <summary>Stops: searches are cancelled, commits that were begun are finished, the pool and the peers are saved, the store is disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        BeginEnd();
        try
        {
            await _runner.EndLoopAsync().ConfigureAwait(false);
            if (Network is not null) await Network.EndAsync().ConfigureAwait(false);
            if (_follower is not null) await _follower.DisposeAsync().ConfigureAwait(false);
            if (_wasSound == true)
            {
                _runner.Write(_runner.Read(node => SavedPool.Write(node.Chain, Profile)));
                if (Network?.Saved is { } peers) _runner.Write(peers);
            }
        }
        finally
        {
            _meter.Dispose();
            // Whatever failed before: the store is closed, and its lock falls.
            await _runner.DisposeAsync().ConfigureAwait(false);
        }
    }
}
