using System.Buffers;
using Coniunctum.Consensus;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>Who certifies the blocks behind a block.</summary>
/// <param name="Current">Certifies the next block; its hash is this block's target.</param>
/// <param name="Next">Certifies the one after it: what the state after this block says.</param>
internal sealed record BftState(ValidatorSet Current, ValidatorSet Next) : RuleState
{
    private const int MaxEncodedBytes = ValidatorSet.MaxEncodedBytes;

    /// <summary>Whether the state after the block is not known yet, and <see cref="Next"/> is taken to be as before.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>
    /// Whether <see cref="Next"/> is not known, and is what the next header says: for those who follow by headers and certificates, to
    /// whom the set in force certifies it.
    /// </summary>
    public bool IsNextClaimed { get; init; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.WriteBytes(Current.Encoded.Span, MaxEncodedBytes);
        if (Current.Equals(Next))
            writer.WriteNil();
        else
            writer.WriteBytes(Next.Encoded.Span, MaxEncodedBytes);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; <c>null</c> when it was something else.</summary>
    public static BftState? Decode(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(2);
        ReadOnlyMemory<byte> current = reader.ReadBytes(MaxEncodedBytes);
        ReadOnlyMemory<byte> next = reader.TryReadNil() ? current : reader.ReadBytes(MaxEncodedBytes);
        if (!reader.End().IsValid || ValidatorSet.Decode(current) is not { } first || ValidatorSet.Decode(next) is not { } second) return null;
        return new BftState(first, second);
    }

    /// <summary>Two are the same when their sets are: what was assumed rightly needs no second look.</summary>
    public bool Equals(BftState? other) => other is not null && Current.Equals(other.Current) && Next.Equals(other.Next);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Current, Next);
}
