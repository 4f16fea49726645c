using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Localnet;

/// <summary>The nodes of a local network, and what they have in common: a profile, and accounts that traffic is paid from.</summary>
internal sealed class LocalNetwork : IAsyncDisposable
{
    private const int AccountCount = 64;
    private const ulong Grant = 1_000_000_000_000;

    private readonly Action<LocalNode, ChangeModel> _watch;

    private LocalNetwork(ChainProfile profile, IReadOnlyList<LocalNode> nodes, IReadOnlyList<PrivateKey> accounts, Action<LocalNode, ChangeModel> watch) =>
        (Profile, Nodes, Accounts, _watch) = (profile, nodes, accounts, watch);

    public ChainProfile Profile { get; }

    public IReadOnlyList<LocalNode> Nodes { get; }

    /// <summary>The keys of accounts that own something from the start.</summary>
    public IReadOnlyList<PrivateKey> Accounts { get; }

    /// <summary>Draws the network, and makes its nodes' folders.</summary>
    public static LocalNetwork Create(LocalnetOptions options, TimeProvider time, Action<LocalNode, ChangeModel> watch)
    {
        NodeFolder[] folders = [.. Enumerable.Range(0, options.All).Select(i => new NodeFolder(Path.Combine(options.Folder, Invariant($"n{i}"))))];
        ISignatureScheme signatures = Profiles.Standard.Signatures;
        Address[] members = [.. folders.Take(options.Rule == RuleName.Authority ? 1 : options.Nodes).Select(folder =>
        {
            using PrivateKey key = folder.OpenAccount();
            return signatures.AddressOf(key.PublicKey);
        })];
        PrivateKey[] accounts = [.. Enumerable.Range(0, AccountCount).Select(i => PrivateKey.Generate(new SeededEntropy(options.Seed, Invariant($"localnet account {i}"))))];
        NewNetwork network = new NewNetwork
        {
            Name = "localnet",
            Rule = options.Rule,
            Members = options.Rule == RuleName.Work ? [] : [.. members],
            BlockTime = options.BlockTime,
            Allocations = [.. accounts.Select(key => new GenesisSpec.Allocation(signatures.AddressOf(key.PublicKey), Grant))],
        }.Calibrated(1, time);
        // All mine at once, as far as there are processors for it.
        network = network with { ExpectedHashes = network.ExpectedHashes * (ulong)Math.Clamp(Environment.ProcessorCount, 1, options.Nodes) };
        ChainProfile profile = network.Draw(SystemEntropy.Instance, Timestamp.From(time.GetUtcNow()));
        var nodes = new List<LocalNode>();
        foreach ((NodeFolder folder, int i) in folders.Select((folder, i) => (folder, i)))
        {
            folder.Make();
            using (folder.OpenAccount())
            {
                // Its account is its own, also where it makes no blocks.
            }

            folder.SaveProfile(profile);
            bool follows = i >= options.Nodes;
            nodes.Add(new LocalNode(i, folder, !follows && options.Rule == RuleName.Work ? NodeRole.Full : NodeRole.Validator, follows, time));
        }

        return new LocalNetwork(profile, nodes, accounts, watch);
    }

    /// <summary>Starts all nodes, each dialling those before it.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        foreach (LocalNode node in Nodes) await node.StartAsync(PeersOf(node), _watch, stop);
    }

    /// <summary>Starts a node again that was killed.</summary>
    public Task RestartAsync(LocalNode node, CancellationToken stop) => node.StartAsync(PeersOf(node), _watch, stop);

    public async ValueTask DisposeAsync()
    {
        foreach (LocalNode node in Nodes) await node.DisposeAsync();
        foreach (PrivateKey key in Accounts) key.Dispose();
    }

    private IEnumerable<string> PeersOf(LocalNode node) => Nodes.Where(other => other != node && other.Address is not null).Select(other => other.Address!);
}
