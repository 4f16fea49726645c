using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>
/// Names a timer. One name of one owner is one timer: setting it again moves it. The name is the owner's own: a producer can
/// neither move nor fire a timer of the node.
/// </summary>
/// <param name="Name">The name, compared by ordinal.</param>
[JsonConverter(typeof(NoJsonConverter<TimerId>))]
public readonly record struct TimerId(string Name)
{
    /// <summary>Whose timer it is, as those say who pass it on: each owner, the outermost first, with a slash behind it.</summary>
    internal string? Scope { get; init; }

    /// <summary>Returns the timer as someone names it who has several owners of timers.</summary>
    internal TimerId Within(string owner) => this with { Scope = $"{owner}/{Scope}" };

    /// <summary>Returns the timer as its owner names it, if it is that owner's.</summary>
    internal bool TryLeave(string owner, out TimerId inner)
    {
        bool isIts = Scope is { } scope && scope.Length > owner.Length && scope[owner.Length] == '/' && scope.StartsWith(owner, StringComparison.Ordinal);
        inner = isIts ? this with { Scope = Scope!.Length == owner.Length + 1 ? null : Scope[(owner.Length + 1)..] } : default;
        return isIts;
    }
}
