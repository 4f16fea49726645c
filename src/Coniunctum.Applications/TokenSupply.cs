using System.Buffers.Binary;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Applications;

/// <summary>How many tokens there are.</summary>
/// <param name="Issued">How many were issued, ever.</param>
/// <param name="Burnt">How many of them were burnt.</param>
public readonly record struct TokenSupply(ulong Issued, ulong Burnt)
{
    private const int Size = 2 * sizeof(ulong);

    /// <summary>How many exist.</summary>
    public ulong Existing => Issued - Burnt;

    /// <summary>Reads the entry under <see cref="UniqueTokens.SupplyKey"/>.</summary>
    /// <param name="entry">The entry; empty where nothing was issued.</param>
    /// <returns>The supply; <c>null</c> where the entry is no supply.</returns>
    public static TokenSupply? Decode(ReadOnlyMemory<byte> entry) => entry.Length switch
    {
        0 => default(TokenSupply),
        Size => new TokenSupply(BinaryPrimitives.ReadUInt64BigEndian(entry.Span), BinaryPrimitives.ReadUInt64BigEndian(entry.Span[sizeof(ulong)..])),
        _ => null,
    };

    internal void SetIn(ApplicationContext state)
    {
        Span<byte> entry = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(entry, Issued);
        BinaryPrimitives.WriteUInt64BigEndian(entry[sizeof(ulong)..], Burnt);
        state.Set(UniqueTokens.SupplyKey, entry);
    }
}
