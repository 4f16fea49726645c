using System.Diagnostics.Metrics;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;

namespace Coniunctum;

/// <summary>What a ledger is to be made of, as a builder was told. Immutable: what is built does not change with its builder.</summary>
internal sealed record LedgerSetup(ChainProfile Profile)
{
    public IChainStore? Store { get; init; }

    public Func<ChainProfile, INonceSearch, IBlockProducer>? Producer { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IEntropySource Entropy { get; init; } = SystemEntropy.Instance;

    public PoolOptions Pool { get; init; } = new();

    public ChainOptions Chain { get; init; } = new();

    public IProgress<OpeningProgress>? Progress { get; init; }

    public IMeterFactory? Meters { get; init; }

    public int Threads { get; init; } = 1;

    /// <summary>The authority that a ledger without other allocations grants something at its start.</summary>
    public Address? GrantedTo { get; init; }

    public bool FollowsOthers { get; init; }

    /// <summary>Opens the network for the profile and the store, or <c>null</c> without one.</summary>
    public Func<ChainProfile, IChainReader, LedgerSetup, CancellationToken, Task<OpenNetwork>>? OpenNetwork { get; init; }

    public Func<BlockId, IChainIndex>? OpenIndex { get; init; }

    /// <summary>The profile with the authority's grant.</summary>
    public ChainProfile Granted()
    {
        if (GrantedTo is not { } authority || !Profile.Genesis.Allocations.IsEmpty) return Profile;
        ulong amount = Math.Min(LedgerBuilder.AuthorityGrant, Profile.Format.Traits.MaxAmount);
        return Profile with { Genesis = Profile.Genesis with { Allocations = [new(authority, amount)] } };
    }

    /// <summary>The profile with its genesis. A drawn one is drawn once: the store remembers it for the next start, and a profile with a salt knows it.</summary>
    public ChainProfile Drawn(IChainStore store)
    {
        ChainProfile granted = Granted();
        if (!granted.Genesis.IsDrawn) return granted;
        bool isKnown = !granted.Genesis.Salt.IsZero;
        if (!isKnown && DrawnGenesis.TryRead(granted, store) is { } known) return known;
        if (store.Tip is not null)
            return isKnown ? granted : throw new LedgerOpenException(LedgerOpenFault.Damaged, "The store holds a chain, but no record of how its genesis was drawn.");
        ChainProfile drawn = isKnown ? granted : Draw(granted);
        store.Commit(new StoreBatch { Records = [DrawnGenesis.RecordOf(drawn)] });
        return drawn;
    }

    /// <summary>The profile with the genesis that the store's chain has.</summary>
    public ChainProfile Stored(IChainStore store)
    {
        ChainProfile granted = Granted();
        return granted.Genesis is { IsDrawn: true, Salt.IsZero: true }
            ? DrawnGenesis.TryRead(granted, store) ?? throw new LedgerOpenException(LedgerOpenFault.Damaged, "The store holds no record of how its chain's genesis was drawn.")
            : granted;
    }

    private ChainProfile Draw(ChainProfile granted)
    {
        Span<byte> salt = stackalloc byte[Hash256.Size];
        Entropy.Fill(salt);
        return DrawnGenesis.With(granted, new Hash256(salt), Clock.Read(Time));
    }
}
