using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Crypto;

/// <summary>The outcome of reading an address: a code for programs and a sentence for people.</summary>
[JsonConverter(typeof(NoJsonConverter<AddressOutcome>))]
public readonly record struct AddressOutcome
{
    private readonly string? _message;

    private AddressOutcome(AddressFault fault, string message, int position)
    {
        Fault = fault;
        _message = message;
        Position = position;
    }

    /// <summary>What was wrong, or <see cref="AddressFault.None"/>.</summary>
    public AddressFault Fault { get; }

    /// <summary>
    /// The index of the character at fault: exact for <see cref="AddressFault.InvalidCharacter"/> and
    /// <see cref="AddressFault.MixedCase"/>, the likely one, or the first of two, for <see cref="AddressFault.BadChecksum"/>; −1 when unknown.
    /// </summary>
    public int Position { get; }

    /// <summary>Whether the text was a valid address.</summary>
    public bool IsValid => Fault == AddressFault.None;

    /// <summary>One line that says what was found and what was expected, counting characters from one.</summary>
    public string Message => _message ?? "The address has not been checked.";

    internal static AddressOutcome Valid => new(AddressFault.None, "The address is valid.", -1);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    internal static AddressOutcome Invalid(AddressFault fault, string message, int position = -1) => new(fault, message, position);
}
