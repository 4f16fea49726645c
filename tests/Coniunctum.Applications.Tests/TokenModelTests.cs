using Coniunctum.Applications.Tests.Support;

namespace Coniunctum.Applications.Tests;

/// <summary>Random calls of both applications, done and undone by the engine, against plain tables. Prints its seed.</summary>
[Category("Long")]
public sealed class TokenModelTests
{
    private const int Seed = 20261129;
    private const int CallsABlock = 20;
    private const int MostUndone = 12;

    private static readonly int s_calls = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000_000 : 20_000;
    private static readonly AppId s_tokens = new(1);
    private static readonly AppId s_assets = new(2);

    // Few, so that calls meet: what is taken, burnt, offered and issued again.
    private static readonly Hash256[] s_identities = [.. Enumerable.Range(0, 24).Select(number => ApplicationChain.Named(Invariant($"identity {number}")))];

    private readonly Random _random = new(Seed);
    private readonly HashSet<TokenRule> _met = [];
    private ApplicationChain _chain = null!;

    [Test]
    public void Calls_DoneAndUndone_LeaveWhatPlainTablesSay()
    {
        _chain = new ApplicationChain(
            new UniqueTokens(s_tokens, new UniqueTokenOptions { Issuer = PlainTokens.Issuer, MaxDataBytes = PlainTokens.MaxDataBytes }),
            new FungibleAssets(s_assets, PlainTokens.MaxDataBytes));
        var moments = new Stack<(PlainTokens Plain, Hash256 Root)>();
        var plain = new PlainTokens();
        int calls = 0;
        int undone = 0;
        while (calls < s_calls)
        {
            moments.Push((plain, _chain.State.StateRoot));
            plain = DoBlock(plain);
            calls += CallsABlock;
            for (int left = _random.Next(4) == 0 ? _random.Next(1, MostUndone) : 0; left > 0 && moments.Count > 0; left--, undone += CallsABlock)
                plain = Undo(moments);
            if (moments.Count % 16 == 0) Compare(plain);
        }

        Compare(plain);
        for (; moments.Count > 0; undone += CallsABlock) plain = Undo(moments);
        Compare(new PlainTokens());
        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {calls} calls done, {undone} undone, {_met.Count - 1} rules met"));
        Assert.That(undone, Is.EqualTo(calls));
        TokenRule[] seldom = [TokenRule.Unchecked, TokenRule.CallMalformed, TokenRule.PriceUnpayable];
        Assert.That(_met, Is.EquivalentTo(Enum.GetValues<TokenRule>().Except(seldom)), "every rule is met");
    }

    private PlainTokens Undo(Stack<(PlainTokens Plain, Hash256 Root)> moments)
    {
        (PlainTokens plain, Hash256 root) = moments.Pop();
        _chain.Undo();
        Assert.That(_chain.State.StateRoot, Is.EqualTo(root));
        return plain;
    }

    private PlainTokens DoBlock(PlainTokens plain)
    {
        var calls = new Transaction[CallsABlock];
        var expected = new List<(int Index, TokenRule Rule)>();
        for (int i = 0; i < calls.Length; i++)
        {
            plain = _random.Next(2) == 0 ? DrawTokenCall(plain, out DrawnCall drawn) : DrawAssetCall(plain, out drawn);
            calls[i] = _chain.CallBy(drawn.Sender, drawn.Application, drawn.Data, drawn.Amount);
            _met.Add(drawn.Rule);
            if (drawn.Rule != TokenRule.None) expected.Add((i + 1, drawn.Rule));
        }

        IEnumerable<(int, TokenRule)> found = _chain.Do(calls)
            .Select(failed => (failed.Index, TokenVerdict.TryRead(failed.Reason, out TokenVerdict verdict) ? verdict.Rule : TokenRule.Unchecked));
        Assert.That(found, Is.EqualTo(expected));
        return plain;
    }

    private PlainTokens DrawTokenCall(PlainTokens plain, out DrawnCall call)
    {
        Hash256 token = Identity();
        PlainTokens.Token? held = plain.Tokens.GetValueOrDefault(token);
        // More often than chance has it, the sender is who may do what it asks for.
        Address sender = held is null || _random.Next(3) == 0 ? Owner() : held.Owner;
        ulong amount = 0;
        byte[] data;
        TokenRule rule;
        switch (_random.Next(8))
        {
            case 0 or 1:
                sender = _random.Next(8) == 0 ? sender : PlainTokens.Issuer;
                (Address owner, int bytes) = (Receiver(), _random.Next(PlainTokens.MaxDataBytes + 2));
                (plain, data) = (plain.Issue(sender, token, owner, bytes, out rule), UniqueTokenCalls.Issue(token, owner, new byte[bytes]));
                break;
            case 2:
                owner = Receiver();
                (plain, data) = (plain.Transfer(sender, token, owner, out rule), UniqueTokenCalls.Transfer(token, owner));
                break;
            case 3 or 4:
                var offer = new TokenOffer(_random.Next(2) == 0 ? default : Owner(), _random.Next(2) == 0 ? default : Identity(), (ulong)_random.Next(3));
                (plain, data) = (plain.Offer(sender, token, offer, out rule), UniqueTokenCalls.Offer(token, offer));
                break;
            case 5 when _random.Next(3) == 0:
                (plain, data) = (plain.Withdraw(sender, token, out rule), UniqueTokenCalls.Withdraw(token));
                break;
            case 6 when _random.Next(3) == 0:
                (plain, data) = (plain.Burn(sender, token, out rule), UniqueTokenCalls.Burn(token));
                break;
            default:
                TokenOffer known = held?.Offer ?? new TokenOffer(default, default, 1);
                if (_random.Next(3) > 0) sender = plain.Tokens.GetValueOrDefault(known.Against)?.Owner ?? (known.Taker.IsRoot ? Owner() : known.Taker);
                if (_random.Next(8) == 0) known = known with { Price = known.Price + 1 };
                amount = (ulong)_random.Next(4);
                (plain, data) = (plain.Accept(sender, token, known, amount, out rule), UniqueTokenCalls.Accept(token, known));
                break;
        }

        call = new DrawnCall(s_tokens, sender, data, amount, rule);
        return plain;
    }

    private PlainTokens DrawAssetCall(PlainTokens plain, out DrawnCall call)
    {
        Hash256 asset = s_identities[_random.Next(6)];
        Address sender = Owner();
        ulong units = _random.Next(20) == 0 ? ulong.MaxValue : (ulong)_random.Next(8);
        byte[] data;
        TokenRule rule;
        switch (_random.Next(8))
        {
            case 0:
                int bytes = _random.Next(PlainTokens.MaxDataBytes + 2);
                (plain, data) = (plain.Create(sender, asset, units, bytes, out rule), AssetCalls.Create(asset, units, new byte[bytes]));
                break;
            case 1 or 2:
                if (_random.Next(3) > 0 && plain.Assets.TryGetValue(asset, out (Address Issuer, ulong, ulong) found)) sender = found.Issuer;
                Address receiver = Receiver();
                (plain, data) = (plain.IssueUnits(sender, asset, units, receiver, out rule), AssetCalls.Issue(asset, units, receiver));
                break;
            case 3:
                (plain, data) = (plain.BurnUnits(sender, asset, units, out rule), AssetCalls.Burn(asset, units));
                break;
            default:
                receiver = Receiver();
                (plain, data) = (plain.TransferUnits(sender, asset, units, receiver, out rule), AssetCalls.Transfer(asset, units, receiver));
                break;
        }

        call = new DrawnCall(s_assets, sender, data, 0, rule);
        return plain;
    }

    private void Compare(PlainTokens plain)
    {
        foreach (Hash256 identity in s_identities)
        {
            UniqueToken? token = UniqueToken.Decode(_chain.State.EntryOf(s_tokens, UniqueTokens.KeyOf(identity)));
            PlainTokens.Token? expected = plain.Tokens.GetValueOrDefault(identity);
            Assert.That((token?.Owner, token?.Data.Length, token?.Offer), Is.EqualTo((expected?.Owner, expected?.Bytes, expected?.Offer)));
            Asset? asset = Asset.Decode(_chain.State.EntryOf(s_assets, FungibleAssets.KeyOf(identity)));
            Assert.That(asset is null, Is.EqualTo(!plain.Assets.TryGetValue(identity, out (Address Issuer, ulong Limit, ulong Supply) plainAsset)));
            if (asset is not null) Assert.That((asset.Issuer, asset.Limit, asset.Supply), Is.EqualTo(plainAsset));
            UInt128 sum = 0;
            foreach (Address owner in ApplicationChain.Owners)
            {
                ulong? balance = FungibleAssets.DecodeBalance(_chain.State.EntryOf(s_assets, FungibleAssets.BalanceKeyOf(identity, owner)));
                Assert.That(balance, Is.EqualTo(plain.Balances.GetValueOrDefault((identity, owner))));
                sum += balance!.Value;
            }

            Assert.That(sum, Is.EqualTo((UInt128)(asset?.Supply ?? 0)), "the supply is the sum of all balances");
        }

        TokenSupply? supply = TokenSupply.Decode(_chain.State.EntryOf(s_tokens, UniqueTokens.SupplyKey));
        Assert.That(supply, Is.EqualTo(new TokenSupply(plain.Issued, plain.Burnt)));
        Assert.That(supply!.Value.Existing, Is.EqualTo((ulong)plain.Tokens.Count));
        // The last one is paid the rewards too.
        foreach (Address owner in ApplicationChain.Owners[..^1])
            Assert.That((long)_chain.State.BalanceOf(owner), Is.EqualTo((long)ApplicationChain.Grant + plain.Paid.GetValueOrDefault(owner)));
    }

    private Address Owner() => ApplicationChain.Owners[_random.Next(ApplicationChain.Owners.Length)];

    private Address Receiver() => _random.Next(30) == 0 ? Address.Root : Owner();

    private Hash256 Identity() => s_identities[_random.Next(s_identities.Length)];

    private readonly record struct DrawnCall(AppId Application, Address Sender, byte[] Data, ulong Amount, TokenRule Rule);
}
