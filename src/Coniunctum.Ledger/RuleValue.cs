using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger;

/// <summary>What a rule expected or found: a number, a 256-bit value or a phrase. Made without allocating.</summary>
public readonly record struct RuleValue
{
    private readonly Hash256 _hash;
    private readonly ulong _number;
    private readonly string? _text;
    private readonly byte _kind;

    private RuleValue(byte kind, ulong number, in Hash256 hash, string? text) =>
        (_kind, _number, _hash, _text) = (kind, number, hash, text);

    /// <summary>The number; 0 when the value is none.</summary>
    public ulong Number => _number;

    /// <summary>A number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator RuleValue(ulong value) => new(1, value, default, null);

    /// <summary>A 256-bit value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator RuleValue(Hash256 value) => new(2, 0, value, null);

    /// <summary>A phrase.</summary>
    /// <param name="value">The phrase.</param>
    public static implicit operator RuleValue(string value) => new(3, 0, default, value);

    /// <summary>Writes the value: a number, 32 bytes or a string; nothing is nil.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteTo(ref CanonicalWriter writer)
    {
        switch (_kind)
        {
            case 1: writer.WriteUInt64(_number); break;
            case 2: writer.WriteHash256(_hash); break;
            case 3: writer.WriteString(_text!); break;
            default: writer.WriteNil(); break;
        }
    }

    /// <summary>Returns the number in decimal, the value in hexadecimal, or the phrase.</summary>
    public override string ToString() => _kind switch
    {
        1 => _number.ToString(),
        2 => _hash.ToString(),
        3 => _text!,
        _ => "nothing",
    };
}
