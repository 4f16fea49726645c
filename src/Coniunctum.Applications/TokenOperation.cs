namespace Coniunctum.Applications;

/// <summary>What a call of <see cref="UniqueTokens"/> asks for; the numbers are those of its encoding.</summary>
internal enum TokenOperation
{
    None = 0,
    Issue = 1,
    Transfer = 2,
    Offer = 3,
    Withdraw = 4,
    Accept = 5,
    Burn = 6,
}
