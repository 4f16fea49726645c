namespace Coniunctum.Ledger.Encoding;

/// <summary>
/// What a MessagePack item's first byte says: the item's type, how many bytes of number follow (a value or a
/// length, big-endian), and the least number for which this form is the shortest.
/// Source: MessagePack specification, "Formats".
/// </summary>
/// <param name="Type">The type, or <see cref="CanonicalType.Unspecified"/> for what the profile excludes.</param>
/// <param name="Width">Bytes of number that follow: 0, 1, 2, 4 or 8.</param>
/// <param name="Number">The number itself when <paramref name="Width"/> is 0, otherwise the least number allowed.</param>
internal readonly record struct LeadByte(CanonicalType Type, int Width, ulong Number)
{
    public const byte FixArray = 0x90;
    public const byte FixText = 0xa0;
    public const byte Nil = 0xc0;
    public const byte False = 0xc2;
    public const byte True = 0xc3;
    public const byte Bytes8 = 0xc4;
    public const byte Bytes16 = 0xc5;
    public const byte Bytes32 = 0xc6;
    public const byte UInt8 = 0xcc;
    public const byte UInt16 = 0xcd;
    public const byte UInt32 = 0xce;
    public const byte UInt64 = 0xcf;
    public const byte Text8 = 0xd9;
    public const byte Text16 = 0xda;
    public const byte Text32 = 0xdb;
    public const byte Array16 = 0xdc;
    public const byte Array32 = 0xdd;

    /// <summary>The first number that no longer fits into the leading byte itself.</summary>
    public const int FixIntegerEnd = 0x80;

    /// <inheritdoc cref="FixIntegerEnd"/>
    public const int FixArrayEnd = 0x10;

    /// <inheritdoc cref="FixIntegerEnd"/>
    public const int FixTextEnd = 0x20;

    public static LeadByte Describe(byte lead) => lead switch
    {
        < 0x80 => new(CanonicalType.UnsignedInteger, 0, lead),
        >= 0x90 and <= 0x9f => new(CanonicalType.Array, 0, (ulong)(lead - FixArray)),
        >= 0xa0 and <= 0xbf => new(CanonicalType.Text, 0, (ulong)(lead - FixText)),
        Nil => new(CanonicalType.Nil, 0, 0),
        False => new(CanonicalType.Boolean, 0, 0),
        True => new(CanonicalType.Boolean, 0, 1),
        Bytes8 => new(CanonicalType.Bytes, 1, 0),
        Bytes16 => new(CanonicalType.Bytes, 2, 0x100),
        Bytes32 => new(CanonicalType.Bytes, 4, 0x1_0000),
        UInt8 => new(CanonicalType.UnsignedInteger, 1, FixIntegerEnd),
        UInt16 => new(CanonicalType.UnsignedInteger, 2, 0x100),
        UInt32 => new(CanonicalType.UnsignedInteger, 4, 0x1_0000),
        UInt64 => new(CanonicalType.UnsignedInteger, 8, 0x1_0000_0000),
        Text8 => new(CanonicalType.Text, 1, FixTextEnd),
        Text16 => new(CanonicalType.Text, 2, 0x100),
        Text32 => new(CanonicalType.Text, 4, 0x1_0000),
        Array16 => new(CanonicalType.Array, 2, FixArrayEnd),
        Array32 => new(CanonicalType.Array, 4, 0x1_0000),
        _ => default,
    };

    /// <summary>Returns what a leading byte announces, in words, for any of the 256.</summary>
    public static string NameOf(byte lead) => Describe(lead).Type switch
    {
        CanonicalType.Array => "an array",
        CanonicalType.Bytes => "a byte string",
        CanonicalType.Text => "a text",
        CanonicalType.UnsignedInteger => "an unsigned integer",
        CanonicalType.Boolean => "a boolean",
        CanonicalType.Nil => "nil",
        _ => lead switch
        {
            (>= 0x80 and <= 0x8f) or 0xde or 0xdf => "a map",
            0xca or 0xcb => "a float",
            (>= 0xd0 and <= 0xd3) or >= 0xe0 => "a signed integer",
            0xc1 => "a byte that MessagePack never uses",
            _ => "an extension",
        },
    };
}
