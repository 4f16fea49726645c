using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Crypto;
using Coniunctum.Wallet;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Mining;
using Coniunctum.Simulation;
using Coniunctum.Storage.Sqlite;
using CustomConsensus;

namespace Coniunctum.Packages.Tests;

/// <summary>
/// What the pages show, so that it compiles against the packages: CodeBlockTests looks each block up, line by line. Nothing here
/// runs; the programs under samples and the other tests of this project do.
/// </summary>
#pragma warning disable MA0076 // A reader's own console may speak the reader's culture.
internal static class PageSnippets
{
    // README.md
    internal static void Rules(
        ChainProfile profile, PrivateKey key, Address miner, ProofOfAuthority clique, BftConsensus bft, Address[] members)
    {
        LedgerBuilder builder = LedgerBuilder.For(profile);
        builder.UseAuthority(key);      // one key, blocks on demand
        builder.UseProofOfWork(miner);  // what the profile says: target, puzzle, fork choice
        builder.Use(clique, profile => new ProofOfAuthorityProducer(clique, key, profile.Signatures));      // EIP-225: signers in turns
        builder.Use(bft, profile => new BftProducer(bft, key, profile, SystemEntropy.Instance));            // votes: final at once
        builder.Use(new RoundRobin(members), profile => new RoundRobinProducer(0, key, members, profile));  // one's own: samples/CustomConsensus
    }

    // docs/CONSENSUS.md
    internal static ChainProfile Difficulty()
    {
        ChainProfile profile = Profiles.Standard with
        {
            Consensus = new ProofOfWork(Target.ForHashes(1 << 24), new Asert(TimeSpan.FromSeconds(10), TimeSpan.FromHours(2))),
        };
        return profile;
    }

    // docs/CONSENSUS.md
    internal static async Task OwnRuleAsync(ChainProfile profile, PrivateKey key, Address[] members, int self)
    {
        await using LedgerHost ledger = await LedgerBuilder.For(profile)
            .Use(new RoundRobin(members), profile => new RoundRobinProducer(self, key, members, profile))
            .StartAsync();
    }

    // docs/CONSENSUS.md
    internal static void Authority(Address alice, Address bob, Address carol, Address dave, PrivateKey key, ChainProfile profile)
    {
        var rule = new ProofOfAuthority([alice, bob, carol], spacing: TimeSpan.FromSeconds(5));
        var producer = new ProofOfAuthorityProducer(rule, key, profile.Signatures);
        producer.Propose(dave, isSigner: true);
    }

    // docs/CONSENSUS.md
    internal static void Upgrade(ChainProfile profile, Address miner, ProofOfAuthority signers, PrivateKey key)
    {
        LedgerBuilder builder = LedgerBuilder.For(profile)
            .UseProofOfWork(miner)
            .UseUpgrade(height: 100_000, ruleset: 1, signers, profile => new ProofOfAuthorityProducer(signers, key, profile.Signatures));
        _ = builder;
    }

    // docs/BFT.md
    internal static async Task BftAsync(Address alice, Address bob, Address carol, Address dave, PrivateKey key)
    {
        var rule = new BftConsensus(ValidatorSet.Of(alice, bob, carol, dave));
        await using var ledger = await LedgerBuilder.For(Profiles.Development with { Applications = [rule.Application] })
            .Use(rule, profile => new BftProducer(rule, key, profile, SystemEntropy.Instance))
            .StartAsync();
    }

    // src/Coniunctum/README.md
    internal static async Task InMemoryAsync(Address friend)
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).StartAsync();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: friend, amount: 5, ledger.Context));
        Console.WriteLine(ledger.Balance(friend));
    }

    // src/Coniunctum.Storage.Sqlite/README.md
    internal static async Task InAFileAsync(PrivateKey key)
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .UseStore(SqliteChainStore.Open("save.db"))
            .UseIndex(chain => SqliteChainIndex.Open(SqliteChainIndex.PathFor("save.db"), chain))
            .UseAuthority(key)
            .StartAsync();
    }

    // src/Coniunctum.Mining/README.md
    internal static NonceSearch Search()
    {
        var search = new NonceSearch(threads: 2, new Progress<NonceSearchProgress>(report => Console.WriteLine($"{report.NoncesPerSecond:N0}/s")),
            TimeProvider.System, TimeSpan.FromSeconds(1));
        return search;
    }

    // src/Coniunctum.Simulation/README.md
    internal static void Replayed(ChainProfile profile, Address address)
    {
        World replayed = Replay.RunTwice(seed: 7, world =>
        {
            SimulatedNode miner = world.AddNode(profile, new NodeOptions { Producer = search => new ProofOfWorkProducer(address, new MiningOptions(), search) });
            SimulatedNode follower = world.AddNode(profile);
            miner.FailCommit(3, CommitFault.CrashBefore, restartAfter: TimeSpan.FromSeconds(1));
            world.Schedule(TimeSpan.FromSeconds(30), "partition", () => world.Partition(follower));
            world.Schedule(TimeSpan.FromSeconds(60), "heal", world.Heal);
            world.RunUntil(() => follower.Chain.Tip.Header.Height >= 20, limit: TimeSpan.FromHours(1));
        });
        Console.WriteLine(replayed.EventHash);   // the same for the same seed
    }

    // The documentation of the types that a newcomer meets.
    internal static async Task Documented(PrivateKey key, Address friend, Address address, ChainProfile profile)
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .UseStore(SqliteChainStore.Open("save.db"))
            .UseAuthority(key)
            .StartAsync();
        Transaction transfer = Transfer.Sign(key, to: friend, amount: 5, ledger.Context);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transfer);
        Console.WriteLine(ledger.Balance(friend));
        Console.WriteLine(confirmation);

        string shown = address.ToText(profile.AddressPrefix);
        Address programs = Address.Parse(address.ToString());
        Console.WriteLine($"{shown} {programs}");

        string json = JsonSerializer.Serialize(ledger.ChainId);
        BlockId chain = JsonSerializer.Deserialize<BlockId>(json);
        Console.WriteLine(chain);

        LedgerView view = ledger.ReadView();
        Console.WriteLine($"{view.Balance(friend)} of {view.Supply} at height {view.Tip.Header.Height}");

        for (ulong height = 0; ledger.Chain.HeaderAt(height) is { } header; height++)
            Console.WriteLine($"{height}: {header.Id}");

        LedgerSnapshot before = ledger.Development.TakeSnapshot();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: friend, amount: 5, ledger.Context));
        await ledger.Development.RevertAsync(before);

        await foreach (LedgerEvent change in ledger.EventsAsync())
        {
            if (change is LedgerEvent.Connected) Console.WriteLine(change.Block.Header.Height);
        }
    }

    internal static void DocumentedToo()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address own = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        Console.WriteLine(own);

        ChainProfile profile = Profiles.Development with { Name = "my-game", BlockInterval = TimeSpan.FromSeconds(1) };
        foreach (Parameter parameter in profile.Parameters) Console.WriteLine($"{parameter.Name} = {parameter.Value}");

        var options = new LedgerOptions { Profile = "standard", Pool = { MaxBytes = 8_000_000 } };
        LedgerBuilder configured = LedgerBuilder.For(options).UseProofOfWork(own);
        Console.WriteLine(configured);

        LedgerBuilder builder = LedgerBuilder.For(Profiles.Development).UseStore(SqliteChainStore.Open("save.db"));
        Console.WriteLine(builder);
    }

    // The documentation of LedgerPool and LedgerTransactions.
    internal static async Task FollowedAsync(LedgerHost ledger, Transaction transfer, TransactionId id)
    {
        Admission admission = await ledger.Pool.SubmitAsync(transfer);
        if (!admission.IsValid) Console.WriteLine(admission.Message);
        Console.WriteLine($"{ledger.Pool.Count} wait for a block");

        await foreach (TransactionUpdate update in ledger.Transactions.FollowAsync(id, confirmations: 6))
            Console.WriteLine($"{update.Stage}, {update.Confirmations} blocks deep");
    }

    // The documentation of Sha3_256.
    internal static void Hashed()
    {
        Hash256 digest = Sha3_256.Hash("a message"u8);
        Console.WriteLine(digest);
    }

    // The documentation of Mnemonic.
    internal static void Written()
    {
        using Mnemonic words = Mnemonic.Generate(SystemEntropy.Instance);
        Span<char> shown = stackalloc char[Mnemonic.MaxTextLength];
        Console.Out.WriteLine(shown[..words.CopyTo(shown)]);
    }

    // The documentation of ExtendedKey.
    internal static void Derived(Mnemonic words, ReadOnlySpan<char> passphrase)
    {
        Span<byte> seed = stackalloc byte[Mnemonic.SeedSize];
        MnemonicOutcome derived = words.DeriveSeed(passphrase, seed);
        if (!derived.IsValid) throw new FormatException(derived.Message);
        using ExtendedKey root = ExtendedKey.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        using ExtendedKey account = root.Derive(KeyPath.Default);
        Console.WriteLine(account.PublicKey);
    }

    // The documentation of ConsensusSpec.
    internal static LedgerBuilder OwnRule(ChainProfile profile, PrivateKey key, Address[] members, int self)
    {
        LedgerBuilder own = LedgerBuilder.For(profile)
            .Use(new RoundRobin(members), profile => new RoundRobinProducer(self, key, members, profile));
        return own;
    }

    // The documentation of World.
    internal static bool Simulated(ChainProfile profile, Address address)
    {
        var world = new World(seed: 7);
        SimulatedNode miner = world.AddNode(profile, new NodeOptions { Producer = search => new ProofOfWorkProducer(address, new MiningOptions(), search) });
        SimulatedNode follower = world.AddNode(profile);
        world.Partition(follower);
        world.RunFor(TimeSpan.FromSeconds(30));
        world.Heal();
        bool agree = world.RunUntil(() => follower.Chain.Tip.Id == miner.Chain.Tip.Id, limit: TimeSpan.FromHours(1));
        return agree;
    }

    internal static void Kept(byte[] password)
    {
        using PrivateKey key = KeyFile.OpenOrCreate("save.key", password, SystemEntropy.Instance);
    }

    internal static DecodeOutcome Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CanonicalReader(bytes);
        reader.ReadArrayHeader(2);
        var point = new Point(reader.ReadUInt32(), reader.ReadBytes(maxLength: 64));
        DecodeOutcome outcome = reader.End();
        return point.X == 0 ? default : outcome;
    }

    internal static void Write(IBufferWriter<byte> output, ulong x, ReadOnlySpan<byte> name)
    {
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(2);
        writer.WriteUInt64(x);
        writer.WriteBytes(name, maxLength: 64);
        writer.Flush();
    }

    public sealed class Till(ILedger ledger, PrivateKey key)
    {
        public Task<Confirmation> PayAsync(Address shop, ulong price) =>
            ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: shop, amount: price, ledger.Context));
    }

    // src/Coniunctum/README.md
    internal static async Task OwnedAsync(PrivateKey key, CancellationToken cancellation)
    {
        LedgerHost ledger = LedgerBuilder.For(Profiles.Development).UseAuthority(key).Build();
        await ledger.StartAsync(cancellation);
        await ledger.StopAsync(cancellation);
    }

    private sealed record Point(uint X, ReadOnlyMemory<byte> Name);

    // docs/NETWORK.md
    internal static async Task ServerAsync(ChainProfile profile, Address miner)
    {
        await using LedgerHost server = await LedgerBuilder.For(profile)
            .UseStore(SqliteChainStore.Open("server.db"))
            .UseProofOfWork(miner)
            .UseNetwork(new NetworkOptions { Listen = { "0.0.0.0:7770" }, KeyFile = "node.key" })
            .StartAsync();
        Console.WriteLine($"Others reach this node as {server.Network!.Addresses[0]}");
    }

    // docs/NETWORK.md
    internal static async Task FollowerAsync(ChainProfile profile, string address, Transaction transfer)
    {
        await using LedgerHost follower = await LedgerBuilder.For(profile)
            .UseNetwork(new NetworkOptions { Peers = { address } })
            .StartAsync();
        await follower.Network!.WaitUntilSynchronizedAsync();
        Confirmation confirmation = await follower.SubmitAndConfirmAsync(transfer);
        foreach (NetworkPeer peer in follower.Network.ReadStatus().Peers) Console.WriteLine($"{peer.Endpoint} is at height {peer.Height}");
        foreach (NetworkFailure failure in follower.Network.ReadStatus().Failures) Console.WriteLine(failure.Message);
    }

    // docs/NETWORK.md
    internal static async Task SharedNetworkAsync(ChainProfile openProfile, ChainProfile closedProfile, string partner)
    {
        await using NodeNetwork network = await NodeNetwork.StartAsync(new NetworkOptions { Listen = { "0.0.0.0:7770" }, KeyFile = "node.key" });
        await using LedgerHost open = await LedgerBuilder.For(openProfile)
            .UseStore(SqliteChainStore.Open("open.db"))
            .UseNetwork(network, isPublic: true)
            .StartAsync();
        await using LedgerHost closed = await LedgerBuilder.For(closedProfile)
            .UseStore(SqliteChainStore.Open("closed.db"))
            .UseNetwork(network, peers: [partner])
            .StartAsync();
        foreach (NetworkPeer peer in network.ReadPeers()) Console.WriteLine($"{peer.Endpoint} has sent {peer.BytesReceived} bytes");
    }

    // LedgerBuilder.UseNetwork
    internal static async Task UseNetworkAsync(ChainProfile profile)
    {
        await using LedgerHost follower = await LedgerBuilder.For(profile)
            .UseNetwork(new NetworkOptions { Peers = { "node.example:7770" } })
            .StartAsync();
        await follower.Network!.WaitUntilSynchronizedAsync();
    }

    // NetworkOptions
    internal static LedgerBuilder Connected(ChainProfile profile)
    {
        var options = new NetworkOptions
        {
            Listen = { "0.0.0.0:7770" },
            Peers = { "node.example:7770" },
            KeyFile = "node.key",
        };
        LedgerBuilder connected = LedgerBuilder.For(profile).UseNetwork(options);
        return connected;
    }

    // LedgerNetwork
    internal static async Task NetworkStatusAsync(LedgerHost ledger)
    {
        await ledger.Network!.WaitUntilSynchronizedAsync();
        foreach (NetworkPeer peer in ledger.Network.ReadStatus().Peers) Console.WriteLine($"{peer.Endpoint} is at height {peer.Height}");
        foreach (NetworkFailure failure in ledger.Network.ReadStatus().Failures) Console.WriteLine(failure.Message);
    }

    // ProfileFile
    internal static async Task ProfileFileAsync(LedgerHost ledger)
    {
        await File.WriteAllTextAsync("club.profile", ProfileFile.Write(ledger.Profile));
        ProfileOutcome outcome = ProfileFile.Read(await File.ReadAllTextAsync("club.profile"));
        if (!outcome.IsValid) Console.WriteLine(outcome.Message);
    }

    // StoredProfile
    internal static async Task StoredProfileAsync()
    {
        SqliteChainStore store = SqliteChainStore.Open("dev-standard.db");
        ProfileOutcome outcome = StoredProfile.Read(store);
        if (!outcome.IsValid) throw new InvalidDataException(outcome.Message);
        await using LedgerHost ledger = await LedgerBuilder.For(outcome.Profile!).UseStore(store).StartAsync();
    }

    // Invitation
    internal static void Invite(LedgerHost ledger)
    {
        var invitation = new Invitation(ledger.Profile, ledger.Network!.Addresses);
        Console.WriteLine(invitation);
        ProfileOutcome outcome = Invitation.Read(invitation.ToString(), out Invitation? read);
        if (!outcome.IsValid) Console.WriteLine(outcome.Message);
        _ = read;
    }
}
