using Coniunctum.Crypto;

namespace Coniunctum.Applications;

/// <summary>Makes the data of calls of <see cref="UniqueTokens"/>, which <c>Transfer.SignCall</c> signs.</summary>
/// <example>
/// <code>
/// byte[] issue = UniqueTokenCalls.Issue(token, owner, "the deed of plot 7"u8);
/// Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(key, deeds.Id, issue, ledger.Context));
/// </code>
/// </example>
public static class UniqueTokenCalls
{
    /// <summary>Issues a token.</summary>
    /// <param name="token">Its identity, which no token has yet: any 32 bytes, such as a hash of its name.</param>
    /// <param name="owner">Whose it is to be; not root.</param>
    /// <param name="data">What it carries for good; the application may allow less than <see cref="UniqueTokens.LargestDataBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="data"/> is longer than any application allows.</exception>
    public static byte[] Issue(Hash256 token, Address owner, ReadOnlySpan<byte> data) =>
        new TokenCall(TokenOperation.Issue, token, owner, Data: data.ToArray()).Encode();

    /// <summary>Gives a token of the sender's to someone. An offer of it lapses.</summary>
    /// <param name="token">The token.</param>
    /// <param name="owner">Whose it is to be; not root.</param>
    public static byte[] Transfer(Hash256 token, Address owner) => new TokenCall(TokenOperation.Transfer, token, owner).Encode();

    /// <summary>Offers a token of the sender's, in the place of what was offered before.</summary>
    /// <param name="token">The token.</param>
    /// <param name="offer">Who may have it, and for what.</param>
    public static byte[] Offer(Hash256 token, TokenOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return new TokenCall(TokenOperation.Offer, token, offer.Taker, offer.Against, offer.Price).Encode();
    }

    /// <summary>Offers a token of the sender's no longer.</summary>
    /// <param name="token">The token.</param>
    public static byte[] Withdraw(Hash256 token) => new TokenCall(TokenOperation.Withdraw, token).Encode();

    /// <summary>
    /// Accepts an offer: token, token against and price change hands in one call, or nothing does. The price comes with the call as
    /// its amount; what is above goes to the call's receiver.
    /// </summary>
    /// <param name="token">The token that is offered.</param>
    /// <param name="offer">The offer as the sender knows it; where its terms have changed, nothing happens.</param>
    public static byte[] Accept(Hash256 token, TokenOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return new TokenCall(TokenOperation.Accept, token, default, offer.Against, offer.Price).Encode();
    }

    /// <summary>Burns a token of the sender's: its identity may be issued again.</summary>
    /// <param name="token">The token.</param>
    public static byte[] Burn(Hash256 token) => new TokenCall(TokenOperation.Burn, token).Encode();
}
