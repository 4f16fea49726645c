using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>What came of reading a profile: a code for programs and a sentence for people.</summary>
[JsonConverter(typeof(NoJsonConverter<ProfileOutcome>))]
public readonly record struct ProfileOutcome
{
    private readonly string? _message;

    private ProfileOutcome(ProfileFault fault, ChainProfile? profile, BlockId chainId, string message)
    {
        Fault = fault;
        Profile = profile;
        ChainId = chainId;
        _message = message;
    }

    /// <summary>What was wrong, or <see cref="ProfileFault.None"/>.</summary>
    public ProfileFault Fault { get; }

    /// <summary>The profile, whose genesis is not drawn any more; <c>null</c> when there is a fault.</summary>
    public ChainProfile? Profile { get; }

    /// <summary>The identity of its chain; <c>default</c> when there is a fault.</summary>
    public BlockId ChainId { get; }

    /// <summary>Whether the profile was read.</summary>
    public bool IsValid => Fault == ProfileFault.None && Profile is not null;

    /// <summary>One line that says what was found and what was expected.</summary>
    public string Message => _message ?? "The profile has not been read.";

    internal static ProfileOutcome Read(ChainProfile profile, BlockId chainId) => new(ProfileFault.None, profile, chainId, "The profile is valid.");

    internal static ProfileOutcome Invalid(ProfileFault fault, string message) => new(fault, null, default, message);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
