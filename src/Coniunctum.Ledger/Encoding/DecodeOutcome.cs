using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Ledger.Encoding;

/// <summary>
/// The outcome of reading an input: the first fault that was found, with its place, or that there was none.
/// The default value is <see cref="DecodeFault.Unchecked"/>, which is no success.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<DecodeOutcome>))]
public readonly record struct DecodeOutcome
{
    internal DecodeOutcome(DecodeFault fault, long offset, CanonicalType item, ulong expected, ulong found)
    {
        Fault = fault;
        Offset = offset;
        Item = item;
        Expected = expected;
        Found = found;
    }

    /// <summary>What is wrong.</summary>
    public DecodeFault Fault { get; }

    /// <summary>The offset in bytes, from the start of the input, at which the faulty item begins.</summary>
    public long Offset { get; }

    /// <summary>The type that was to be read there.</summary>
    public CanonicalType Item { get; }

    /// <summary>What was expected: a length, a limit or a number, as <see cref="Fault"/> says.</summary>
    public ulong Expected { get; }

    /// <summary>What was found instead: a length, a number or a leading byte, as <see cref="Fault"/> says.</summary>
    public ulong Found { get; }

    /// <summary>Whether the whole input was read and nothing is wrong with it.</summary>
    public bool IsValid => Fault == DecodeFault.None;

    /// <summary>One line that says what is wrong and where.</summary>
    public string Message => Fault switch
    {
        DecodeFault.Unchecked => "The input was not read to its end.",
        DecodeFault.None => "No fault.",
        _ => Invariant($"At byte {Offset}: {Explanation}."),
    };

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    private string Explanation => Fault switch
    {
        DecodeFault.Truncated => $"the input ends inside {ItemName}, which needs {Expected} or more further bytes, but {Found} are left",
        DecodeFault.WrongType => $"expected {ItemName}, found {LeadByte.NameOf((byte)Found)} (leading byte 0x{Found:x2})",
        DecodeFault.NotShortest => $"{ItemName} is not in its shortest form: {Found} stands where only {Expected} and more may",
        DecodeFault.WrongLength => $"expected {ItemName} of exactly {Expected} {Unit}, found {Found}",
        DecodeFault.TooLong => $"expected {ItemName} of at most {Expected} {Unit}, found {Found} or more",
        DecodeFault.OutOfRange => $"expected {ItemName} of at most {Expected}, found {Found}",
        DecodeFault.InvalidText => "the text is not valid UTF-8",
        DecodeFault.TooDeep => $"arrays are nested deeper than {Expected} levels",
        DecodeFault.TrailingBytes => $"expected the end of the input, found {Found} further bytes",
        DecodeFault.InvalidValue => $"expected the value {Expected}, found {Found}",
        _ => Fault.ToString(),
    };

    private string Unit => Item == CanonicalType.Array ? "items" : "bytes";

    private string ItemName => Item switch
    {
        CanonicalType.Array => "an array",
        CanonicalType.Bytes => "a byte string",
        CanonicalType.Text => "a text",
        CanonicalType.UnsignedInteger => "an unsigned integer",
        CanonicalType.Boolean => "a boolean",
        CanonicalType.Nil => "nil",
        _ => "a value",
    };
}
