using Coniunctum.Crypto;

namespace Coniunctum.Bft;

/// <summary>A member of a <see cref="ValidatorSet"/>.</summary>
/// <param name="Address">What its signatures recover to.</param>
/// <param name="Weight">How much its votes count; at least 1.</param>
public readonly record struct Validator(Address Address, ulong Weight);
