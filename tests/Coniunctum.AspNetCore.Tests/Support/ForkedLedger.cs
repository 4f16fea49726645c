using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Names;

namespace Coniunctum.AspNetCore.Tests.Support;

/// <summary>A ledger whose blocks are made by hand, on any block.</summary>
internal sealed class ForkedLedger : IAsyncDisposable
{
    private readonly Func<Task<LedgerHost>> _start;

    private ForkedLedger(LedgerHost ledger, Func<Task<LedgerHost>> start, Forge forge, PrivateKey key)
    {
        _start = start;
        (Ledger, Forge, Key, Tip) = (ledger, forge, key, forge.Genesis);
    }

    public LedgerHost Ledger { get; private set; }

    public Forge Forge { get; }

    /// <summary>Owns a million at genesis.</summary>
    public PrivateKey Key { get; }

    public Address Owner => Ledger.Profile.Signatures.AddressOf(Key.PublicKey);

    public string OwnerText => Ledger.Profile.Signatures.AddressOf(Key.PublicKey).ToText(Ledger.Profile.AddressPrefix);

    /// <summary>The last block that was made and given to the ledger.</summary>
    public HashedBlock Tip { get; private set; }

    public static async Task<ForkedLedger> StartAsync(bool withIndex = true, IChainStore? store = null)
    {
        PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        ChainProfile profile = Profiles.Development with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
            Genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(Profiles.Development.Signatures.AddressOf(key.PublicKey), 1_000_000)] },
            Applications = [new NameRegistry()],
        };
        Task<LedgerHost> OpenAsync()
        {
            LedgerBuilder builder = LedgerBuilder.For(profile).FollowOthers();
            if (store is not null) builder.UseStore(store);
            if (withIndex) builder.UseIndex(_ => new MemoryChainIndex());
            return builder.StartAsync();
        }

        return new ForkedLedger(await OpenAsync(), OpenAsync, new Forge(new World(profile)), key);
    }

    /// <summary>Stops the ledger and opens it again: no block is in memory then.</summary>
    public async Task ReopenAsync()
    {
        await Ledger.DisposeAsync();
        Ledger = await _start();
    }

    /// <summary>Signs a payment.</summary>
    public Transaction Pay(Address to, ulong amount, ulong fee = 0) => Transfer.Sign(Key, to, amount, Ledger.Context, fee);

    /// <summary>Makes blocks on a block, or on the last one, and gives them to the ledger.</summary>
    public async Task ExtendAsync(int blocks = 1, HashedBlock? on = null, params Transaction[] transactions)
    {
        HashedBlock parent = on ?? Tip;
        for (int i = 0; i < blocks; i++)
        {
            parent = Forge.Next(parent, i == 0 ? transactions : []);
            Assert.That(await Ledger.SubmitBlockAsync(parent), Is.EqualTo(Verdict.Valid));
        }

        await Ledger.WaitUntilSettledAsync();
        if (Ledger.Tip.Id == parent.Id) Tip = parent;
    }

    /// <summary>Undoes the last blocks in favour of a branch that is longer by one.</summary>
    public async Task ReorganizeAsync(int depth)
    {
        HashedBlock fork = Ledger.Chain.BlockAt(Tip.Header.Height - (ulong)depth)!;
        await ExtendAsync(depth + 1, fork);
        Assert.That(Ledger.Tip.Id, Is.EqualTo(Tip.Id));
        Assert.That(Tip.Header.Height, Is.EqualTo(fork.Header.Height + (ulong)depth + 1));
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        Key.Dispose();
    }
}
