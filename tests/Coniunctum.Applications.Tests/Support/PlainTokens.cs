using System.Collections.Immutable;

namespace Coniunctum.Applications.Tests.Support;

/// <summary>What both applications are to do, in plain tables. Immutable: an earlier moment is an earlier instance.</summary>
internal sealed record PlainTokens
{
    public const int MaxDataBytes = 20;

    public static Address Issuer => ApplicationChain.Alice;

    public ImmutableDictionary<Hash256, Token> Tokens { get; init; } = ImmutableDictionary<Hash256, Token>.Empty;

    public ulong Issued { get; init; }

    public ulong Burnt { get; init; }

    public ImmutableDictionary<Hash256, (Address Issuer, ulong Limit, ulong Supply)> Assets { get; init; } = ImmutableDictionary<Hash256, (Address, ulong, ulong)>.Empty;

    public ImmutableDictionary<(Hash256 Asset, Address Owner), ulong> Balances { get; init; } = ImmutableDictionary<(Hash256, Address), ulong>.Empty;

    /// <summary>Base units that were paid as prices, by whom and to whom: what an owner has more than at the beginning.</summary>
    public ImmutableDictionary<Address, long> Paid { get; init; } = ImmutableDictionary<Address, long>.Empty;

    public PlainTokens Issue(Address sender, Hash256 token, Address owner, int bytes, out TokenRule rule)
    {
        rule = sender != Issuer ? TokenRule.IssuerRequired
            : owner.IsRoot ? TokenRule.ReceiverInvalid
            : bytes > MaxDataBytes ? TokenRule.DataTooLong
            : Tokens.ContainsKey(token) ? TokenRule.IdentityTaken
            : TokenRule.None;
        return rule != TokenRule.None ? this : this with { Tokens = Tokens.Add(token, new Token(owner, bytes, null)), Issued = Issued + 1 };
    }

    public PlainTokens Transfer(Address sender, Hash256 token, Address owner, out TokenRule rule)
    {
        rule = OwnerRule(sender, token);
        if (rule == TokenRule.None && owner.IsRoot) rule = TokenRule.ReceiverInvalid;
        return rule != TokenRule.None ? this : this with { Tokens = Tokens.SetItem(token, Tokens[token] with { Owner = owner, Offer = null }) };
    }

    public PlainTokens Offer(Address sender, Hash256 token, TokenOffer offer, out TokenRule rule)
    {
        rule = OwnerRule(sender, token);
        if (rule == TokenRule.None && offer.Against == token) rule = TokenRule.OfferInvalid;
        return rule != TokenRule.None ? this : this with { Tokens = Tokens.SetItem(token, Tokens[token] with { Offer = offer }) };
    }

    public PlainTokens Withdraw(Address sender, Hash256 token, out TokenRule rule)
    {
        rule = OwnerRule(sender, token);
        if (rule == TokenRule.None && Tokens[token].Offer is null) rule = TokenRule.OfferMissing;
        return rule != TokenRule.None ? this : this with { Tokens = Tokens.SetItem(token, Tokens[token] with { Offer = null }) };
    }

    public PlainTokens Accept(Address sender, Hash256 token, TokenOffer terms, ulong amount, out TokenRule rule)
    {
        Token? offered = Tokens.GetValueOrDefault(token);
        TokenOffer? offer = offered?.Offer;
        Token? against = offer is null ? null : Tokens.GetValueOrDefault(offer.Against);
        rule = offered is null ? TokenRule.IdentityUnknown
            : offer is null ? TokenRule.OfferMissing
            : !offer.Taker.IsRoot && offer.Taker != sender ? TokenRule.OfferReserved
            : (offer.Against, offer.Price) != (terms.Against, terms.Price) ? TokenRule.TermsChanged
            : !offer.Against.IsZero && against is null ? TokenRule.IdentityUnknown
            : !offer.Against.IsZero && against!.Owner != sender ? TokenRule.OwnerRequired
            : amount < offer.Price ? TokenRule.AmountTooSmall
            : TokenRule.None;
        if (rule != TokenRule.None) return this;
        ImmutableDictionary<Hash256, Token> tokens = Tokens.SetItem(token, offered! with { Owner = sender, Offer = null });
        if (against is not null) tokens = tokens.SetItem(offer!.Against, against with { Owner = offered.Owner, Offer = null });
        long price = (long)offer!.Price;
        ImmutableDictionary<Address, long> paid = Paid.SetItem(sender, Paid.GetValueOrDefault(sender) - price);
        return this with { Tokens = tokens, Paid = paid.SetItem(offered.Owner, paid.GetValueOrDefault(offered.Owner) + price) };
    }

    public PlainTokens Burn(Address sender, Hash256 token, out TokenRule rule)
    {
        rule = OwnerRule(sender, token);
        return rule != TokenRule.None ? this : this with { Tokens = Tokens.Remove(token), Burnt = Burnt + 1 };
    }

    public PlainTokens Create(Address sender, Hash256 asset, ulong limit, int bytes, out TokenRule rule)
    {
        rule = limit == 0 ? TokenRule.AmountZero
            : bytes > MaxDataBytes ? TokenRule.DataTooLong
            : Assets.ContainsKey(asset) ? TokenRule.IdentityTaken
            : TokenRule.None;
        return rule != TokenRule.None ? this : this with { Assets = Assets.Add(asset, (sender, limit, 0)) };
    }

    public PlainTokens IssueUnits(Address sender, Hash256 asset, ulong units, Address receiver, out TokenRule rule)
    {
        bool exists = Assets.TryGetValue(asset, out (Address Issuer, ulong Limit, ulong Supply) found);
        rule = units == 0 ? TokenRule.AmountZero
            : receiver.IsRoot ? TokenRule.ReceiverInvalid
            : !exists ? TokenRule.IdentityUnknown
            : found.Issuer != sender ? TokenRule.IssuerRequired
            : (UInt128)found.Supply + units > found.Limit ? TokenRule.LimitExceeded
            : TokenRule.None;
        return rule != TokenRule.None ? this : With(asset, receiver, units, subtract: false) with { Assets = Assets.SetItem(asset, found with { Supply = found.Supply + units }) };
    }

    public PlainTokens TransferUnits(Address sender, Hash256 asset, ulong units, Address receiver, out TokenRule rule)
    {
        rule = units == 0 ? TokenRule.AmountZero
            : receiver.IsRoot ? TokenRule.ReceiverInvalid
            : Balances.GetValueOrDefault((asset, sender)) < units ? TokenRule.BalanceTooSmall
            : TokenRule.None;
        return rule != TokenRule.None ? this : With(asset, sender, units, subtract: true).With(asset, receiver, units, subtract: false);
    }

    public PlainTokens BurnUnits(Address sender, Hash256 asset, ulong units, out TokenRule rule)
    {
        bool exists = Assets.TryGetValue(asset, out (Address Issuer, ulong Limit, ulong Supply) found);
        rule = units == 0 ? TokenRule.AmountZero
            : !exists ? TokenRule.IdentityUnknown
            : Balances.GetValueOrDefault((asset, sender)) < units ? TokenRule.BalanceTooSmall
            : TokenRule.None;
        return rule != TokenRule.None ? this : With(asset, sender, units, subtract: true) with { Assets = Assets.SetItem(asset, found with { Supply = found.Supply - units }) };
    }

    private PlainTokens With(Hash256 asset, Address owner, ulong units, bool subtract)
    {
        ulong before = Balances.GetValueOrDefault((asset, owner));
        ulong after = subtract ? checked(before - units) : checked(before + units);
        return this with { Balances = after == 0 ? Balances.Remove((asset, owner)) : Balances.SetItem((asset, owner), after) };
    }

    private TokenRule OwnerRule(Address sender, Hash256 token) =>
        !Tokens.TryGetValue(token, out Token? found) ? TokenRule.IdentityUnknown : found.Owner != sender ? TokenRule.OwnerRequired : TokenRule.None;

    internal sealed record Token(Address Owner, int Bytes, TokenOffer? Offer);
}
