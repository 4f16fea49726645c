using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>What came of reading or opening a keystore file: a code for programs and a sentence for people.</summary>
[JsonConverter(typeof(NoJsonConverter<KeyFileOutcome>))]
public readonly record struct KeyFileOutcome
{
    private readonly string? _message;

    private KeyFileOutcome(KeyFileFault fault, string message)
    {
        Fault = fault;
        _message = message;
    }

    /// <summary>What was wrong, or <see cref="KeyFileFault.None"/>.</summary>
    public KeyFileFault Fault { get; }

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsValid => Fault == KeyFileFault.None;

    /// <summary>One line that says what was found and what was expected. It never holds a secret.</summary>
    public string Message => _message ?? "The keystore file has not been checked.";

    internal static KeyFileOutcome Valid => new(KeyFileFault.None, "The keystore file is valid.");

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    internal static KeyFileOutcome Invalid(KeyFileFault fault, string message) => new(fault, message);
}
