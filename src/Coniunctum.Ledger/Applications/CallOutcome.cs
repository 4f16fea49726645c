using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Ledger.Applications;

/// <summary>What became of a call. The default value is neither done nor refused, and counts as refused.</summary>
[JsonConverter(typeof(NoJsonConverter<CallOutcome>))]
public readonly record struct CallOutcome
{
    /// <summary>The longest reason that is kept, in characters.</summary>
    public const int MaxReasonLength = 128;

    private CallOutcome(bool isDone, string? reason) => (IsValid, Reason) = (isDone, reason);

    /// <summary>The call did what it was to do.</summary>
    public static CallOutcome Done => new(true, null);

    /// <summary>Whether the call did what it was to do.</summary>
    public bool IsValid { get; }

    /// <summary>Why the call was refused, for people; <c>null</c> when it was done.</summary>
    public string? Reason { get; }

    /// <summary>The call is refused.</summary>
    /// <param name="reason">
    /// Why, for people. No rule depends on it. Line ends, escape codes and other characters that are not seen are written out, and
    /// what is longer than <see cref="MaxReasonLength"/> is cut.
    /// </param>
    public static CallOutcome Refused(string reason)
    {
        // What a caller wrote may be part of it, and it ends in logs and on screens.
        string shown = PrintableText.Of(reason, MaxReasonLength);
        return new CallOutcome(false, shown.Length <= MaxReasonLength ? shown : PrintableText.Of(shown, MaxReasonLength - 1));
    }

    /// <summary>"done", or why not.</summary>
    public string Message => IsValid ? "done" : $"refused: {Reason ?? "no outcome"}";

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
