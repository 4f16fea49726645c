using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>What came of reading an extended key or a path: a code for programs and a sentence for people.</summary>
[JsonConverter(typeof(NoJsonConverter<ExtendedKeyOutcome>))]
public readonly record struct ExtendedKeyOutcome
{
    private readonly string? _message;

    private ExtendedKeyOutcome(ExtendedKeyFault fault, string message, int position)
    {
        Fault = fault;
        _message = message;
        Position = position;
    }

    /// <summary>What was wrong, or <see cref="ExtendedKeyFault.None"/>.</summary>
    public ExtendedKeyFault Fault { get; }

    /// <summary>The index of the character at fault for InvalidCharacter and InvalidPath; −1 when unknown.</summary>
    public int Position { get; }

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsValid => Fault == ExtendedKeyFault.None;

    /// <summary>One line that says what was found and what was expected, counting characters from one. It never holds a secret.</summary>
    public string Message => _message ?? "Nothing has been checked.";

    internal static ExtendedKeyOutcome Valid => new(ExtendedKeyFault.None, "It is valid.", -1);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    internal static ExtendedKeyOutcome Invalid(ExtendedKeyFault fault, string message, int position = -1) => new(fault, message, position);
}
