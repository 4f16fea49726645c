using Coniunctum.Crypto;

namespace Coniunctum.Applications;

/// <summary>How an application of unique tokens differs from others. Genesis commits to it.</summary>
public sealed record UniqueTokenOptions
{
    /// <summary>
    /// Who may issue by a call; <c>null</c> (the default) for anyone. With <see cref="Address.Root"/> no call issues: only the
    /// application does that is built around this one.
    /// </summary>
    public Address? Issuer { get; init; }

    /// <summary>How much data a token may carry, in bytes: 0 to <see cref="UniqueTokens.LargestDataBytes"/>. Default: 256.</summary>
    public int MaxDataBytes { get; init; } = 256;
}
