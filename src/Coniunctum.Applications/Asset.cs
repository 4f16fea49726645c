using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;

namespace Coniunctum.Applications;

/// <summary>An asset, as the state has it. Encoded: [issuer, limit, supply, data].</summary>
/// <param name="Issuer">Who created it, and alone issues units of it.</param>
/// <param name="Limit">The most units that may exist at once.</param>
/// <param name="Supply">The units that exist: what was issued less what was burnt, and the sum of all balances.</param>
/// <param name="Data">What it was created with, which never changes.</param>
public sealed record Asset(Address Issuer, ulong Limit, ulong Supply, ReadOnlyMemory<byte> Data)
{
    // Lengths of the heads, an address and two numbers.
    internal const int OverheadBytes = 64;

    /// <summary>Reads the entry under <see cref="FungibleAssets.KeyOf"/>.</summary>
    /// <param name="entry">The entry. The asset keeps a slice of it.</param>
    /// <returns>The asset; <c>null</c> where the entry is empty, or no asset.</returns>
    public static Asset? Decode(ReadOnlyMemory<byte> entry)
    {
        if (entry.IsEmpty) return null;
        var reader = new CanonicalReader(entry);
        reader.ReadArrayHeader(4);
        var asset = new Asset(new Address(reader.ReadHash256()), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadBytes(FungibleAssets.LargestDataBytes));
        return reader.End().IsValid ? asset : null;
    }

    /// <summary>Checks what a proof says of an asset. Needs the block's header alone.</summary>
    /// <param name="proof">The proof. It may come from anyone.</param>
    /// <param name="stateRoot">The state root of a block that is trusted.</param>
    /// <param name="application">The number of the application.</param>
    /// <param name="asset">The asset's identity.</param>
    /// <param name="found">The asset after that block; <c>null</c> unless the outcome is <see cref="ProofOutcome.Present"/>.</param>
    public static ProofOutcome Verify(StateProof proof, Hash256 stateRoot, AppId application, Hash256 asset, out Asset? found)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ProofOutcome outcome = StateProof.VerifyEntry(proof, stateRoot, application, FungibleAssets.KeyOf(asset), out ReadOnlyMemory<byte> entry);
        found = Decode(entry);
        return outcome == ProofOutcome.Present && found is null ? ProofOutcome.Invalid : outcome;
    }

    internal void SetIn(ApplicationContext state, Hash256 asset)
    {
        Span<byte> entry = stackalloc byte[FungibleAssets.LargestDataBytes + OverheadBytes];
        var writer = new CanonicalWriter(entry);
        writer.WriteArrayHeader(4);
        writer.WriteHash256(Issuer.Value);
        writer.WriteUInt64(Limit);
        writer.WriteUInt64(Supply);
        writer.WriteFixed(Data.Span);
        state.Set(asset.AsSpan(), writer.Written);
    }
}
