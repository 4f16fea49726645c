using System.Text.Json.Serialization;
using Coniunctum.Crypto.Conversion;

namespace Coniunctum.Ledger.Encoding;

/// <summary>
/// The outcome of reading an input: the first fault that was found, with its place, or that there was none.
/// The default value is <see cref="DecodeFaultKind.Unchecked"/>, which is no success.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<DecodeFault>))]
public readonly record struct DecodeFault
{
    internal DecodeFault(DecodeFaultKind kind, long offset, CanonicalType item, ulong expected, ulong found)
    {
        Kind = kind;
        Offset = offset;
        Item = item;
        Expected = expected;
        Found = found;
    }

    /// <summary>What is wrong.</summary>
    public DecodeFaultKind Kind { get; }

    /// <summary>The offset in bytes, from the start of the input, at which the faulty item begins.</summary>
    public long Offset { get; }

    /// <summary>The type that was to be read there.</summary>
    public CanonicalType Item { get; }

    /// <summary>What was expected: a length, a limit or a number, as <see cref="Kind"/> says.</summary>
    public ulong Expected { get; }

    /// <summary>What was found instead: a length, a number or a leading byte, as <see cref="Kind"/> says.</summary>
    public ulong Found { get; }

    /// <summary>Whether the whole input was read and nothing is wrong with it.</summary>
    public bool IsNone => Kind == DecodeFaultKind.None;

    /// <summary>Returns one line of plain English that says what is wrong and where.</summary>
    public override string ToString() => Kind switch
    {
        DecodeFaultKind.Unchecked => "The input was not read to its end.",
        DecodeFaultKind.None => "No fault.",
        _ => $"At byte {Offset}: {Explanation}.",
    };

    private string Explanation => Kind switch
    {
        DecodeFaultKind.Truncated => $"the input ends inside {ItemName}, which needs {Expected} or more further bytes, but {Found} are left",
        DecodeFaultKind.WrongType => $"expected {ItemName}, found {LeadByte.NameOf((byte)Found)} (leading byte 0x{Found:x2})",
        DecodeFaultKind.NotShortest => $"{ItemName} is not in its shortest form: {Found} stands where only {Expected} and more may",
        DecodeFaultKind.WrongLength => $"expected {ItemName} of exactly {Expected} {Unit}, found {Found}",
        DecodeFaultKind.TooLong => $"expected {ItemName} of at most {Expected} {Unit}, found {Found} or more",
        DecodeFaultKind.OutOfRange => $"expected {ItemName} of at most {Expected}, found {Found}",
        DecodeFaultKind.InvalidText => "the text is not valid UTF-8",
        DecodeFaultKind.TooDeep => $"arrays are nested deeper than {Expected} levels",
        DecodeFaultKind.TrailingBytes => $"expected the end of the input, found {Found} further bytes",
        DecodeFaultKind.InvalidValue => $"expected the value {Expected}, found {Found}",
        _ => Kind.ToString(),
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
