namespace Coniunctum.Applications;

/// <summary>Why a call of <see cref="UniqueTokens"/> or <see cref="FungibleAssets"/> is refused. The names are part of what a refusal says.</summary>
public enum TokenRule
{
    /// <summary>Nothing was judged: no success.</summary>
    Unchecked = 0,

    /// <summary>No rule is violated.</summary>
    None,

    /// <summary>The call's data is not an encoded operation.</summary>
    CallMalformed,

    /// <summary>A token or asset of this identity exists. Found: the identity.</summary>
    IdentityTaken,

    /// <summary>No token or asset of this identity exists. Found: the identity.</summary>
    IdentityUnknown,

    /// <summary>The sender may not issue. Expected: who may.</summary>
    IssuerRequired,

    /// <summary>The token belongs to another address. Expected: its owner.</summary>
    OwnerRequired,

    /// <summary>The data is longer than the application allows. Expected and found: bytes.</summary>
    DataTooLong,

    /// <summary>Nothing can be owned by the root address: no one has its key.</summary>
    ReceiverInvalid,

    /// <summary>A token cannot be exchanged for itself.</summary>
    OfferInvalid,

    /// <summary>The token is not offered.</summary>
    OfferMissing,

    /// <summary>The token is offered to another address. Expected: to whom.</summary>
    OfferReserved,

    /// <summary>The offer's terms are not those that the sender accepts. Expected: the offer's; found: the sender's.</summary>
    TermsChanged,

    /// <summary>The amount that comes with the call does not pay the price. Expected and found: base units.</summary>
    AmountTooSmall,

    /// <summary>The price cannot be paid, because it would not open the owner's account. Found: base units.</summary>
    PriceUnpayable,

    /// <summary>An amount or a limit of nothing.</summary>
    AmountZero,

    /// <summary>The sender has less of the asset. Expected: the units that are asked for; found: what it has.</summary>
    BalanceTooSmall,

    /// <summary>The asset's limit leaves less room. Expected: the units that may still be issued; found: those asked for.</summary>
    LimitExceeded,
}
