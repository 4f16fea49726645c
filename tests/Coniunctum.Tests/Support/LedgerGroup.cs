using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Tests.Support;

/// <summary>Ledgers of one chain in one process, connected over loopback; each is stopped with the group.</summary>
internal sealed class LedgerGroup : IAsyncDisposable
{
    private readonly List<LedgerHost> _ledgers = [];

    public LedgerGroup(ConsensusSpec? rule = null)
    {
        Owner = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Profiles.Development.Signatures.AddressOf(Owner.PublicKey);
        Profile = Profiles.Development with
        {
            Consensus = rule ?? new ProofOfWork(ProofOfWork.TargetFor(2)),
            Genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(owner, 1_000_000)] },
        };
        OwnAddress = owner;
    }

    /// <summary>Owns a million at the start.</summary>
    public PrivateKey Owner { get; }

    public Address OwnAddress { get; }

    public ChainProfile Profile { get; }

    /// <summary>Starts a ledger that listens.</summary>
    /// <param name="peers">Whom it dials.</param>
    /// <param name="build">What it is beside that.</param>
    /// <param name="options">How it is connected beside that.</param>
    public async Task<LedgerHost> StartAsync(IEnumerable<string>? peers = null, Func<LedgerBuilder, LedgerBuilder>? build = null, Action<NetworkOptions>? options = null)
    {
        var network = new NetworkOptions();
        foreach (string peer in peers ?? []) network.Peers.Add(peer);
        options?.Invoke(network);
        if (network.Listen.Count == 0) network.Listen.Add("127.0.0.1:0");
        LedgerBuilder builder = LedgerBuilder.For(Profile).UseNetwork(network);
        LedgerHost ledger = await (build?.Invoke(builder) ?? builder).StartAsync().Soon();
        _ledgers.Add(ledger);
        return ledger;
    }

    /// <summary>Starts a ledger that mines up to a height.</summary>
    public Task<LedgerHost> StartMiningAsync(ulong height, IEnumerable<string>? peers = null, Action<NetworkOptions>? options = null) =>
        StartAsync(peers, builder => builder.UseProofOfWork(OwnAddress, options: new MiningOptions { LastHeight = height }), options);

    public async ValueTask DisposeAsync()
    {
        foreach (LedgerHost ledger in Enumerable.Reverse(_ledgers)) await ledger.DisposeAsync();
        Owner.Dispose();
    }
}
