using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Coniunctum.Authority;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.P2P.Internal;

namespace Coniunctum;

/// <summary>Puts a ledger together: a profile, a consensus rule in one line, and where the chain is kept.</summary>
/// <example>
/// <code>
/// await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
///     .UseStore(SqliteChainStore.Open("save.db"))
///     .UseAuthority(key)
///     .StartAsync();
/// </code>
/// </example>
public sealed class LedgerBuilder
{
    /// <summary>What an authority owns at the start of a ledger that allocates nothing else, in base units.</summary>
    public const ulong AuthorityGrant = 1_000_000_000;

    private LedgerSetup _setup;

    private LedgerBuilder(ChainProfile profile) => _setup = new LedgerSetup(profile);

    /// <summary>The profile, with what was chosen so far.</summary>
    public ChainProfile Profile => _setup.Profile;

    /// <summary>Starts from a profile.</summary>
    /// <param name="profile">One of <see cref="Profiles"/>, or one's own.</param>
    public static LedgerBuilder For(ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new(profile);
    }

    /// <summary>Starts from what a configuration says.</summary>
    /// <param name="options">The options; changing them afterwards changes nothing here.</param>
    /// <exception cref="ArgumentException">One is outside of its range; the message names each, what was found and what was expected.</exception>
    public static LedgerBuilder For(LedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFault.ThrowIfAny(options.Validate(), nameof(options));
        return For(LedgerOptions.FindProfile(options.Profile)!, options);
    }

    /// <summary>Starts from a profile of one's own, and from what a configuration says of the rest.</summary>
    /// <param name="profile">The profile; the one that the options name is not looked at.</param>
    /// <param name="options">The options; changing them afterwards changes nothing here.</param>
    /// <exception cref="ArgumentException">One is outside of its range; the message names each, what was found and what was expected.</exception>
    public static LedgerBuilder For(ChainProfile profile, LedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LedgerBuilder builder = For(profile).UsePool(options.Pool).UseChain(options.Chain);
        if (options.Network is { } network) builder.UseNetwork(network);
        return options.FollowsOthers ? builder.FollowOthers() : builder;
    }

    /// <summary>Keeps the chain in a store; without this it lives in memory. The ledger disposes the store, also when it fails to start.</summary>
    /// <param name="store">The store.</param>
    public LedgerBuilder UseStore(IChainStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _setup = _setup with { Store = store };
        return this;
    }

    /// <summary>
    /// Lets one key make all blocks, on demand. A ledger that allocates nothing else grants the authority
    /// <see cref="AuthorityGrant"/> at the start.
    /// </summary>
    /// <param name="key">The authority's key; the caller disposes it after the ledger.</param>
    public LedgerBuilder UseAuthority(PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Address authority = _setup.Profile.Signatures.AddressOf(key.PublicKey);
        Use(new SingleAuthority(authority), profile => new AuthorityProducer(key, profile.Signatures));
        _setup = _setup with { GrantedTo = authority };
        return this;
    }

    /// <summary>Mines, under a profile whose rule is proof-of-work.</summary>
    /// <param name="receiver">Who gets the rewards; not root.</param>
    /// <param name="threads">How many threads search: 1 to 1,024.</param>
    /// <param name="options">
    /// When to mine; <c>null</c> for the defaults. On a chain of one's own, whose genesis is drawn, an
    /// <see cref="MiningOptions.EmptyBlockInterval"/> of <c>null</c> stands for the profile's interval.
    /// </param>
    /// <exception cref="InvalidOperationException">The profile's rule is another one.</exception>
    public LedgerBuilder UseProofOfWork(Address receiver, int threads = 1, MiningOptions? options = null)
    {
        if (_setup.Profile.Consensus is not ProofOfWork spec)
            throw new InvalidOperationException($"The profile's rule is {_setup.Profile.Consensus.RuleName}, not proof-of-work; choose one with Use.");
        _setup = _setup with { Threads = threads };
        MiningOptions mining = options ?? new MiningOptions();
        return Use(spec, (profile, search) => new ProofOfWorkProducer(receiver, WithPace(mining, profile), search, spec.Puzzle));
    }

    /// <summary>Where no one competes, blocks with nothing in them need not come faster than the profile says.</summary>
    private static MiningOptions WithPace(MiningOptions options, ChainProfile profile) => profile.Genesis.IsDrawn
        ? options with { EmptyBlockInterval = options.EmptyBlockInterval ?? profile.BlockInterval }
        : options;

    /// <summary>Chooses a consensus rule, and what makes blocks under it here.</summary>
    /// <param name="rule">The rule; it replaces the profile's.</param>
    /// <param name="producer">Builds what makes blocks; without it this node only follows.</param>
    public LedgerBuilder Use(ConsensusSpec rule, Func<ChainProfile, IBlockProducer>? producer = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Use(rule, producer is null ? null : (profile, _) => producer(profile));
    }

    private LedgerBuilder Use(ConsensusSpec rule, Func<ChainProfile, INonceSearch, IBlockProducer>? producer)
    {
        _setup = _setup with { Profile = _setup.Profile with { Consensus = rule }, Producer = producer, GrantedTo = null };
        return this;
    }

    /// <summary>
    /// Hands the chain over to another rule at a height; may be called again for a later one. The chain stays the same: what was
    /// stored goes on, and nodes without the upgrade stop below it.
    /// </summary>
    /// <param name="height">The height of the hand-over: the last block that the rule before proves, and the first of the ruleset.</param>
    /// <param name="ruleset">The ruleset's number from there on; above all before.</param>
    /// <param name="rule">The rule from the next height on.</param>
    /// <param name="producer">Builds what makes blocks under it here; without it this node only follows then.</param>
    /// <exception cref="InvalidOperationException">The profile's rule is none that can be handed over.</exception>
    /// <exception cref="ArgumentException">The height does not rise.</exception>
    public LedgerBuilder UseUpgrade(ulong height, ushort ruleset, ConsensusSpec rule, Func<ChainProfile, IBlockProducer>? producer = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ChainProfile profile = _setup.Profile;
        if (profile.Consensus is not ConsensusSpec first)
            throw new InvalidOperationException($"The profile's rule {profile.Consensus.RuleName} builds nothing; choose one with Use.");
        profile = profile with { Consensus = new RuleChange(first, height, rule), Upgrades = profile.Upgrades.Add(new(height, ruleset)) };
        _setup = _setup with { Profile = profile };
        Func<ChainProfile, INonceSearch, IBlockProducer>? before = _setup.Producer;
        if (before is not null || producer is not null)
            _setup = _setup with { Producer = (chosen, search) => new RuleChangeProducer(before?.Invoke(chosen, search), height, producer?.Invoke(chosen)) };
        return this;
    }

    /// <summary>
    /// Says that blocks come from elsewhere, by <see cref="LedgerHost.SubmitBlockAsync"/>: those who want a confirmation then wait for
    /// them from the start, though nothing makes blocks here. The first block that is submitted says so too, and
    /// so does <see cref="UseNetwork(NetworkOptions)"/>.
    /// </summary>
    public LedgerBuilder FollowOthers()
    {
        _setup = _setup with { FollowsOthers = true };
        return this;
    }

    /// <summary>
    /// Connects the ledger with others of the same chain: it follows them, and they follow it. Two ledgers have one chain when they
    /// have one genesis: the same profile, rule and allocations, and no drawn genesis.
    /// </summary>
    /// <param name="options">Where to listen, whom to dial, and how; changing them afterwards changes nothing here.</param>
    /// <exception cref="ArgumentException">One is outside of its range; the message names it, what was found and what was expected.</exception>
    /// <example>
    /// <code>
    /// await using LedgerHost follower = await LedgerBuilder.For(profile)
    ///     .UseNetwork(new NetworkOptions { Peers = { "node.example:7770" } })
    ///     .StartAsync();
    /// await follower.Network!.WaitUntilSynchronizedAsync();
    /// </code>
    /// </example>
    public LedgerBuilder UseNetwork(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFault.ThrowIfAny(options.Validate(), nameof(options));
        _setup = _setup with { OpenNetwork = NetworkPlan.Of(options).OpenAsync };
        return this;
    }

    /// <summary>
    /// Connects the ledger with others of the same chain over connections that it shares with other ledgers of this process. Who has one
    /// of them learns nothing of the others.
    /// </summary>
    /// <param name="network">The connections; whoever made them disposes them, behind the ledgers.</param>
    /// <param name="peers">Nodes that are dialled for this ledger, again and again, and told of it: <c>host:port</c>, or <c>node1…@host:port</c> where it must be a certain node.</param>
    /// <param name="isPublic">Whether every node that is connected is told of it. Default: <c>false</c>; a node is then told that opens the chain itself, or is one of <paramref name="peers"/>.</param>
    /// <exception cref="FormatException">One of <paramref name="peers"/> is malformed.</exception>
    public LedgerBuilder UseNetwork(NodeNetwork network, IEnumerable<string>? peers = null, bool isPublic = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        ImmutableArray<PeerAddress> named = [.. (peers ?? []).Select(NetworkPlan.Parse)];
        _setup = _setup with { OpenNetwork = (profile, store, _, _) => Task.FromResult(network.Attach(profile, store, named, isPublic)) };
        return this;
    }

    /// <summary>Gives an address a balance at the start of the chain.</summary>
    /// <param name="receiver">The address; not root.</param>
    /// <param name="amount">Base units; at least 1.</param>
    public LedgerBuilder Allocate(Address receiver, ulong amount)
    {
        GenesisSpec genesis = _setup.Profile.Genesis;
        _setup = _setup with { Profile = _setup.Profile with { Genesis = genesis with { Allocations = genesis.Allocations.Add(new(receiver, amount)) } } };
        return this;
    }

    /// <summary>Takes time from somewhere else than the system's clock.</summary>
    /// <param name="time">The clock and its timers.</param>
    public LedgerBuilder UseTime(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _setup = _setup with { Time = time };
        return this;
    }

    /// <summary>Takes randomness from somewhere else than the operating system.</summary>
    /// <param name="entropy">The source.</param>
    public LedgerBuilder UseEntropy(IEntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        _setup = _setup with { Entropy = entropy };
        return this;
    }

    /// <summary>Chooses how much the pool keeps.</summary>
    /// <param name="options">The limits; changing them afterwards changes nothing here.</param>
    /// <exception cref="ArgumentException">One is outside of its range; the message names it, what was found and what was expected.</exception>
    public LedgerBuilder UsePool(PoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFault.ThrowIfAny(options.Validate(), nameof(options));
        _setup = _setup with { Pool = options with { } };
        return this;
    }

    /// <summary>Chooses how much of the chain stays in memory.</summary>
    /// <param name="options">The limits; changing them afterwards changes nothing here.</param>
    /// <exception cref="ArgumentException">One is outside of its range; the message names it, what was found and what was expected.</exception>
    public LedgerBuilder UseChain(ChainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFault.ThrowIfAny(options.Validate(), nameof(options));
        _setup = _setup with { Chain = options with { } };
        return this;
    }

    /// <summary>Makes the ledger's meter (<see cref="LedgerDiagnostics.MeterName"/>) by a container's factory, so that it is the container's; without this it makes its own.</summary>
    /// <param name="factory">The factory, which owns what it makes.</param>
    public LedgerBuilder UseMeters(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _setup = _setup with { Meters = factory };
        return this;
    }

    /// <summary>Wants to hear how far opening the store has come.</summary>
    /// <param name="progress">Told from another thread.</param>
    public LedgerBuilder ReportTo(IProgress<OpeningProgress> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        _setup = _setup with { Progress = progress };
        return this;
    }

    /// <summary>Keeps an index for questions about the past: transactions by identity, the history of an address.</summary>
    /// <param name="open">Opens the index of a chain, which the ledger disposes; it gets the identity of the genesis block.</param>
    public LedgerBuilder UseIndex(Func<BlockId, IChainIndex> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _setup = _setup with { OpenIndex = open };
        return this;
    }

    /// <summary>
    /// Makes the ledger, stopped: <see cref="LedgerHost.StartAsync"/> opens its store and starts it, so that a container can own it.
    /// What this builder is told afterwards does not change it.
    /// </summary>
    /// <returns>The ledger; dispose it, also when it was never started: its store is closed with it.</returns>
    public LedgerHost Build() => new(_setup);

    /// <summary>Makes the ledger and starts it.</summary>
    /// <param name="cancellation">Stops restoring; nothing is left running then.</param>
    /// <returns>The running ledger; dispose it to stop.</returns>
    /// <exception cref="ArgumentException">The profile or the rule's parameters are impossible; the message says why.</exception>
    /// <exception cref="LedgerOpenException">The store is damaged, or an import into it was cut off: <see cref="LedgerOpenException.Fault"/> says which.</exception>
    /// <exception cref="OtherChainException">The store holds another chain; the message names what differs, such as the authority's key.</exception>
    /// <exception cref="NetworkStartException">The network cannot be started: a port in use, or an unreadable key file.</exception>
    public async Task<LedgerHost> StartAsync(CancellationToken cancellation = default)
    {
        LedgerHost ledger = Build();
        try
        {
            await ledger.StartAsync(cancellation).ConfigureAwait(false);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Takes the state of a file into the store, which holds no chain yet, so that a ledger can be started from it. Every header
    /// is checked by the consensus rule, seals included; accounts, applications' entries, supply and history are then what the
    /// last header commits to. Which tags are used and which rewards are not mature is what the file says: headers do not commit
    /// to them. Cancelled or cut off, the store cannot be started from until the import was called again; no header is written twice.
    /// </summary>
    /// <param name="file">The file, from its start. It need not be trusted, but for what <see cref="StateImportOptions.Trust"/> says.</param>
    /// <param name="options">How; <c>null</c> for the defaults.</param>
    /// <param name="progress">Receives now and then how far the headers reach.</param>
    /// <param name="cancellation">Stops; calling again with the same file from its start goes on.</param>
    /// <exception cref="InvalidOperationException">No store was chosen.</exception>
    /// <exception cref="StateImportException">The file is another chain's, damaged or wrong, or the store holds a chain: <see cref="StateImportException.Fault"/> says which.</exception>
    /// <exception cref="LedgerOpenException">The store's record of how its genesis was drawn is damaged.</exception>
    public async Task<StateImportReport> ImportStateAsync(
        StateFileReader file, StateImportOptions? options = null, IProgress<FileProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ChainProfile profile = _setup.Granted();
        if (profile.Genesis is { IsDrawn: true, Salt.IsZero: true }) profile = DrawnGenesis.TryRead(profile, Store) ?? DrawnGenesis.With(profile, file.Head.Salt, file.Head.GenesisTime);
        return await Task.Run(() => StateImport.RunAsync(profile, Store, file, options ?? new StateImportOptions(), progress, cancellation), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Writes the state at a height of the store's chain into a file, without starting the ledger.</summary>
    /// <inheritdoc cref="StateFileWriter.WriteAsync"/>
    /// <exception cref="InvalidOperationException">No store was chosen.</exception>
    public async Task<StoredTip> ExportStateAsync(
        Stream file, ulong? height = null, ReadOnlyMemory<byte> note = default, IProgress<FileProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ChainProfile profile = _setup.Stored(Store);
        return await Task.Run(() => StateFileWriter.WriteAsync(Store, profile, file, height, note, progress, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads the state at a height of the store's chain, without starting the ledger.</summary>
    /// <param name="height">The height; <c>null</c> for the tip's.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidOperationException">No store was chosen.</exception>
    /// <exception cref="InvalidDataException">There is no block at the height, what leads to its state was pruned, or the store is damaged.</exception>
    public async Task<StateSnapshot> ReadStateAsync(ulong? height = null, CancellationToken cancellation = default)
    {
        ChainProfile profile = _setup.Stored(Store);
        return await Task.Run(() => StoredState.Read(profile, Store, height, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Undoes the blocks of the store's chain above a height, without starting the ledger: in one commit, once it is known that the chain
    /// opens and that the state at the height is there. Other nodes of the same chain do not follow, and bring a node with a network
    /// forward again.
    /// </summary>
    /// <param name="height">The height of the block at which the chain is to end.</param>
    /// <param name="progress">Hears how far opening has come.</param>
    /// <param name="cancellation">Stops it before anything was written.</param>
    /// <returns>That block.</returns>
    /// <exception cref="InvalidOperationException">
    /// No store was chosen, or it cannot be done: blocks above the height are final, what undoes them was pruned, or the chain ends below.
    /// </exception>
    /// <exception cref="LedgerOpenException">The store is damaged, or an import into it was cut off.</exception>
    public async Task<StoredTip> RewindAsync(ulong height, IProgress<OpeningProgress>? progress = null, CancellationToken cancellation = default)
    {
        ChainProfile profile = _setup.Stored(Store);
        return await Task.Run(() => StoreRewind.Run(profile, Store, height, progress, cancellation), cancellation).ConfigureAwait(false);
    }

    private IChainStore Store => _setup.Store ?? throw new InvalidOperationException("No store was chosen: UseStore does.");
}
