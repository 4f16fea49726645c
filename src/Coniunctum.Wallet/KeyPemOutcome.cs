using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>What came of reading a private key in PEM: a code for programs and a sentence for people.</summary>
[JsonConverter(typeof(NoJsonConverter<KeyPemOutcome>))]
public readonly record struct KeyPemOutcome
{
    private readonly string? _message;

    private KeyPemOutcome(KeyPemFault fault, string message)
    {
        Fault = fault;
        _message = message;
    }

    /// <summary>What was wrong, or <see cref="KeyPemFault.None"/>.</summary>
    public KeyPemFault Fault { get; }

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsValid => Fault == KeyPemFault.None;

    /// <summary>One line that says what was found and what was expected. It never holds a secret.</summary>
    public string Message => _message ?? "The PEM text has not been checked.";

    internal static KeyPemOutcome Valid => new(KeyPemFault.None, "The PEM text holds a private key of secp256k1.");

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    internal static KeyPemOutcome Invalid(KeyPemFault fault, string message) => new(fault, message);
}
