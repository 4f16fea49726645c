using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>The evidence that a validator has collected: of each offender two pieces at most, of different heights.</summary>
internal sealed class EvidenceLog
{
    /// <summary>How many pieces are kept.</summary>
    public const int MaxCount = MaxOfOne * ValidatorSet.MaxCount;

    // One proves the lie; a second one that it was no accident. More would let a liar push out what proves others'.
    private const int MaxOfOne = 2;

    private ImmutableArray<BftEvidence> _pieces = [];

    /// <summary>The pieces, the oldest first. May be read from any thread.</summary>
    public ImmutableArray<BftEvidence> Pieces => ImmutableInterlocked.InterlockedCompareExchange(ref _pieces, default, default);

    /// <summary>Whether it tells something new, and there is room or something older to leave out.</summary>
    public bool Wants(BftEvidence evidence) =>
        _pieces.Count(known => known.Offender == evidence.Offender) < MaxOfOne
        && !_pieces.Any(known => known.Offender == evidence.Offender && known.First.Height == evidence.First.Height)
        && (_pieces.Length < MaxCount || evidence.First.Height > _pieces[0].First.Height);

    /// <summary>Adds a piece that was wanted.</summary>
    public void Add(BftEvidence evidence)
    {
        ImmutableArray<BftEvidence> pieces = _pieces.Add(evidence).Sort((left, right) => left.First.Height.CompareTo(right.First.Height));
        ImmutableInterlocked.InterlockedExchange(ref _pieces, pieces.Length > MaxCount ? pieces.RemoveAt(0) : pieces);
    }

    public ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteListHeader(_pieces.Length, MaxCount);
        foreach (BftEvidence piece in _pieces) writer.WriteBytes(piece.Encode().Span, BftEvidence.MaxEncodedBytes);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Takes back what <see cref="Encode"/> wrote. What cannot be read is left out: nothing depends on it.</summary>
    public void Restore(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        int count = reader.ReadListHeader(MaxCount);
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            if (BftEvidence.Decode(reader.ReadBytes(BftEvidence.MaxEncodedBytes)) is { } piece && Wants(piece)) Add(piece);
        }
    }
}
