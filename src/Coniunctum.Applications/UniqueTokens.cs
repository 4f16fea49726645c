using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Applications;

/// <summary>
/// Tokens of which each is one of a kind and has one owner: issued, transferred, offered and accepted in exchange, burnt.
/// <see cref="UniqueTokenCalls"/> makes its calls, <see cref="UniqueToken"/> reads its entries.
/// </summary>
/// <remarks>
/// A token stands under its identity, a key of 32 bytes, and how many there are under <see cref="SupplyKey"/>. An application of one's
/// own can be built around it: it has its number, passes on the calls that are not its own, issues by <see cref="Issue"/>, and keeps
/// what else it needs under keys of other lengths. Its own calls are not arrays that begin with 1 to 6.
/// </remarks>
/// <example>
/// <code>
/// var deeds = new UniqueTokens(new AppId(1), new UniqueTokenOptions { Issuer = office });
/// var shares = new FungibleAssets(new AppId(2));
/// ChainProfile profile = Profiles.Development with { Name = "deeds", Applications = [deeds, shares] };
/// </code>
/// </example>
public sealed class UniqueTokens : ILedgerApplication
{
    /// <summary>How much data any token may carry, in bytes.</summary>
    public const int LargestDataBytes = 800;

    private readonly UniqueTokenOptions _options;

    /// <summary>Makes an application for a profile.</summary>
    /// <param name="id">The number that payloads call it by.</param>
    /// <param name="options">How it differs from others; <c>null</c> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public UniqueTokens(AppId id, UniqueTokenOptions? options = null)
    {
        _options = options ?? new UniqueTokenOptions();
        if (_options.MaxDataBytes is < 0 or > LargestDataBytes)
            throw new ArgumentOutOfRangeException(nameof(options), _options.MaxDataBytes, Invariant($"A token's data may be allowed 0 to {LargestDataBytes} bytes."));
        Id = id;
        Name = $"unique-tokens/1 {DigestOf(_options)}";
    }

    /// <summary>The key under which <see cref="TokenSupply"/> stands.</summary>
    public static ReadOnlySpan<byte> SupplyKey => [0];

    /// <inheritdoc/>
    public AppId Id { get; }

    /// <summary>Its name, version and a hash of its options.</summary>
    public string Name { get; }

    /// <summary>Returns the key under which a token stands.</summary>
    /// <param name="token">The token's identity.</param>
    public static byte[] KeyOf(Hash256 token) => token.ToArray();

    /// <inheritdoc/>
    public CallOutcome Admit(Call call, ApplicationView state)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(state);
        DecodeOutcome outcome = TokenCall.Read(call.Data, out _);
        return outcome.IsValid ? CallOutcome.Done : Malformed(outcome).ToOutcome();
    }

    /// <inheritdoc/>
    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(state);
        return Run(call, state).ToOutcome();
    }

    /// <summary>Returns a token, for an application that is built around this one.</summary>
    /// <param name="state">The state that the application was given.</param>
    /// <param name="token">The token's identity.</param>
    /// <returns>The token, or <c>null</c> where there is none.</returns>
    public static UniqueToken? Find(ApplicationView state, Hash256 token)
    {
        ArgumentNullException.ThrowIfNull(state);
        return UniqueToken.Decode(state.Get(token.AsSpan()));
    }

    /// <summary>Issues a token, for an application that is built around this one; <see cref="UniqueTokenOptions.Issuer"/> is not looked at.</summary>
    /// <param name="state">The state that the application was given.</param>
    /// <param name="token">The token's identity.</param>
    /// <param name="owner">Whose it is to be.</param>
    /// <param name="data">What it carries.</param>
    /// <returns>Whether it was issued, or which rule is violated; nothing is changed then.</returns>
    public TokenVerdict Issue(ApplicationContext state, Hash256 token, Address owner, ReadOnlyMemory<byte> data)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (owner.IsRoot) return RootAsReceiver;
        if (data.Length > _options.MaxDataBytes) return new(TokenRule.DataTooLong, (ulong)data.Length, (ulong)_options.MaxDataBytes);
        if (Find(state, token) is not null) return new(TokenRule.IdentityTaken, token, "a new identity");
        TokenSupply supply = SupplyIn(state);
        (supply with { Issued = supply.Issued + 1 }).SetIn(state);
        new UniqueToken(owner, data).SetIn(state, token);
        return TokenVerdict.Valid;
    }

    internal static TokenVerdict RootAsReceiver => new(TokenRule.ReceiverInvalid, "root", "an address that someone has the key of");

    internal static TokenVerdict Malformed(DecodeOutcome outcome) => new(TokenRule.CallMalformed, outcome.Message, "an operation");

    private TokenVerdict Run(Call call, ApplicationContext state)
    {
        DecodeOutcome outcome = TokenCall.Read(call.Data, out TokenCall read);
        if (!outcome.IsValid) return Malformed(outcome);
        if (read.Operation == TokenOperation.Issue)
        {
            return _options.Issuer is { } issuer && issuer != call.Sender
                ? new(TokenRule.IssuerRequired, "another sender", issuer.Value)
                : Issue(state, read.Token, read.Party, read.Data);
        }

        if (Find(state, read.Token) is not { } token) return Unknown(read.Token);
        if (read.Operation == TokenOperation.Accept) return Accept(state, call, read, token);
        if (token.Owner != call.Sender) return OfAnother(token);
        switch (read.Operation)
        {
            case TokenOperation.Transfer when read.Party.IsRoot:
                return RootAsReceiver;
            case TokenOperation.Transfer:
                new UniqueToken(read.Party, token.Data).SetIn(state, read.Token);
                break;
            case TokenOperation.Offer when read.Against == read.Token:
                return new(TokenRule.OfferInvalid, "the token itself", "another token");
            case TokenOperation.Offer:
                (token with { Offer = new TokenOffer(read.Party, read.Against, read.Price) }).SetIn(state, read.Token);
                break;
            case TokenOperation.Withdraw when token.Offer is null:
                return NotOffered;
            case TokenOperation.Withdraw:
                (token with { Offer = null }).SetIn(state, read.Token);
                break;
            default:
                TokenSupply supply = SupplyIn(state);
                (supply with { Burnt = supply.Burnt + 1 }).SetIn(state);
                state.Delete(read.Token.AsSpan());
                break;
        }

        return TokenVerdict.Valid;
    }

    private static TokenVerdict NotOffered => new(TokenRule.OfferMissing, "no offer", "an offer");

    private static TokenVerdict Accept(ApplicationContext state, Call call, in TokenCall read, UniqueToken token)
    {
        if (token.Offer is not { } offer) return NotOffered;
        if (!offer.Taker.IsRoot && offer.Taker != call.Sender) return new(TokenRule.OfferReserved, "another sender", offer.Taker.Value);
        if (offer.Against != read.Against) return new(TokenRule.TermsChanged, "another token against it", offer.Against);
        if (offer.Price != read.Price) return new(TokenRule.TermsChanged, read.Price, offer.Price);
        if (!offer.Against.IsZero)
        {
            if (Find(state, offer.Against) is not { } against) return Unknown(offer.Against);
            if (against.Owner != call.Sender) return OfAnother(against);
            new UniqueToken(token.Owner, against.Data).SetIn(state, offer.Against);
        }

        // What was set before is not kept when the call is refused here.
        if (call.Amount < offer.Price) return new(TokenRule.AmountTooSmall, call.Amount, offer.Price);
        if (offer.Price > 0 && !state.TryPay(token.Owner, offer.Price)) return new(TokenRule.PriceUnpayable, offer.Price, "what opens the owner's account");
        new UniqueToken(call.Sender, token.Data).SetIn(state, read.Token);
        return TokenVerdict.Valid;
    }

    private static TokenVerdict Unknown(Hash256 token) => new(TokenRule.IdentityUnknown, token, "an issued token");

    private static TokenVerdict OfAnother(UniqueToken token) => new(TokenRule.OwnerRequired, "another sender", token.Owner.Value);

    private static TokenSupply SupplyIn(ApplicationView state) =>
        TokenSupply.Decode(state.Get(SupplyKey)) ?? throw new InvalidDataException("The supply of tokens cannot be read.");

    private static string DigestOf(UniqueTokenOptions options)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(2);
        if (options.Issuer is { } issuer)
            writer.WriteHash256(issuer.Value);
        else
            writer.WriteNil();
        writer.WriteUInt64((ulong)options.MaxDataBytes);
        writer.Flush();
        return Sha3_256.Hash(output.WrittenSpan).ToString()[..32];
    }
}
