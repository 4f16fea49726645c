using Coniunctum.Applications;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>Blocks of transfers of unique tokens, of units of an asset, and of base units, between the same accounts, done and undone on states of one size. Nothing is signed or stored.</summary>
internal sealed class TokenWork : IDisposable
{
    private const int Seed = 20261129;
    private const int Accounts = 20_000;
    private const ulong Units = 1_000_000;

    private static readonly UniqueTokens s_tokens = new(new AppId(1));
    private static readonly FungibleAssets s_assets = new(new AppId(2));
    private static readonly Hash256 s_asset = Sha3_256.Hash("an asset"u8);

    private readonly Random _random = new(Seed);
    private readonly int[] _owners = [.. Enumerable.Range(0, Accounts)];

    public TokenWork()
    {
        OfTokens = new HistoryWork(CreateChain(), chain => chain.Prepare(HistoryWork.TransfersABlock, (height, _) => TransferToken(chain, height)));
        OfUnits = new HistoryWork(CreateChain(), chain => chain.Prepare(HistoryWork.TransfersABlock, (height, _) => TransferUnits(chain, height)));
        Plain = new HistoryWork(CreateChain(), chain => chain.Prepare(HistoryWork.TransfersABlock));
    }

    /// <summary>Transfers of unique tokens, of which there are as many as accounts.</summary>
    public HistoryWork OfTokens { get; }

    /// <summary>Transfers of units of one asset, of which every account has some.</summary>
    public HistoryWork OfUnits { get; }

    /// <summary>Plain transfers of base units.</summary>
    public HistoryWork Plain { get; }

    public void Dispose()
    {
        OfTokens.Dispose();
        OfUnits.Dispose();
        Plain.Dispose();
    }

    private static Hash256 TokenOf(int number) => Sha3_256.Hash(BitConverter.GetBytes(number));

    /// <summary>A chain on which every account has a token and units of the asset.</summary>
    private static TransferChain CreateChain()
    {
        const int aBlock = 4 * HistoryWork.TransfersABlock;
        var chain = new TransferChain(Profiles.Standard with { Applications = [s_tokens, s_assets] }, Accounts, signed: false, Seed);
        chain.Next(1, (height, _) => chain.CallBy(height, 0, s_assets.Id, AssetCalls.Create(s_asset, Units * Accounts, [])));
        for (int done = 0; done < Accounts; done += aBlock)
        {
            int first = done;
            chain.Next(aBlock, (height, i) => chain.CallBy(height, first + i, s_tokens.Id, UniqueTokenCalls.Issue(TokenOf(first + i), chain.Accounts[first + i], "a deed"u8)));
            chain.Next(aBlock, (height, i) => chain.CallBy(height, 0, s_assets.Id, AssetCalls.Issue(s_asset, Units, chain.Accounts[first + i])));
        }

        return chain;
    }

    private Transaction TransferToken(TransferChain chain, ulong height)
    {
        int token = _random.Next(Accounts);
        int sender = _owners[token];
        _owners[token] = _random.Next(Accounts);
        return chain.CallBy(height, sender, s_tokens.Id, UniqueTokenCalls.Transfer(TokenOf(token), chain.Accounts[_owners[token]]));
    }

    private Transaction TransferUnits(TransferChain chain, ulong height) =>
        chain.CallBy(height, _random.Next(Accounts), s_assets.Id, AssetCalls.Transfer(s_asset, (ulong)_random.Next(1, 1000), chain.Accounts[_random.Next(Accounts)]));
}
