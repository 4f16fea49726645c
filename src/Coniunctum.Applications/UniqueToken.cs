using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;

namespace Coniunctum.Applications;

/// <summary>A token, as the state has it. Encoded: [owner, data, nil or [taker, token against or zero, price]].</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Data">What it was issued with, which never changes.</param>
/// <param name="Offer">What its owner takes in exchange; <c>null</c> where it is not offered.</param>
public sealed record UniqueToken(Address Owner, ReadOnlyMemory<byte> Data, TokenOffer? Offer = null)
{
    // Lengths of the heads, two addresses, a token and a price.
    internal const int OverheadBytes = 128;

    /// <summary>Reads the entry under <see cref="UniqueTokens.KeyOf"/>.</summary>
    /// <param name="entry">The entry. The token keeps a slice of it.</param>
    /// <returns>The token; <c>null</c> where the entry is empty, or no token.</returns>
    public static UniqueToken? Decode(ReadOnlyMemory<byte> entry)
    {
        if (entry.IsEmpty) return null;
        var reader = new CanonicalReader(entry);
        reader.ReadArrayHeader(3);
        var owner = new Address(reader.ReadHash256());
        ReadOnlyMemory<byte> data = reader.ReadBytes(UniqueTokens.LargestDataBytes);
        TokenOffer? offer = null;
        if (!reader.TryReadNil())
        {
            reader.ReadArrayHeader(3);
            offer = new TokenOffer(new Address(reader.ReadHash256()), reader.ReadHash256(), reader.ReadUInt64());
        }

        return reader.End().IsValid ? new UniqueToken(owner, data, offer) : null;
    }

    /// <summary>Checks what a proof says of a token. Needs the block's header alone.</summary>
    /// <param name="proof">The proof. It may come from anyone.</param>
    /// <param name="stateRoot">The state root of a block that is trusted.</param>
    /// <param name="application">The number of the application.</param>
    /// <param name="token">The token's identity.</param>
    /// <param name="found">The token after that block; <c>null</c> unless the outcome is <see cref="ProofOutcome.Present"/>.</param>
    public static ProofOutcome Verify(StateProof proof, Hash256 stateRoot, AppId application, Hash256 token, out UniqueToken? found)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ProofOutcome outcome = StateProof.VerifyEntry(proof, stateRoot, application, UniqueTokens.KeyOf(token), out ReadOnlyMemory<byte> entry);
        found = Decode(entry);
        return outcome == ProofOutcome.Present && found is null ? ProofOutcome.Invalid : outcome;
    }

    internal void SetIn(ApplicationContext state, Hash256 token)
    {
        Span<byte> entry = stackalloc byte[UniqueTokens.LargestDataBytes + OverheadBytes];
        var writer = new CanonicalWriter(entry);
        writer.WriteArrayHeader(3);
        writer.WriteHash256(Owner.Value);
        writer.WriteFixed(Data.Span);
        if (Offer is null)
        {
            writer.WriteNil();
        }
        else
        {
            writer.WriteArrayHeader(3);
            writer.WriteHash256(Offer.Taker.Value);
            writer.WriteHash256(Offer.Against);
            writer.WriteUInt64(Offer.Price);
        }

        state.Set(token.AsSpan(), writer.Written);
    }
}
