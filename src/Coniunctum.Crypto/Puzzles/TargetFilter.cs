using System.Buffers.Binary;
using System.Numerics;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>Finds the digests of a batch that are below a target, nearly all of the others rejected by their first lane.</summary>
internal readonly ref struct TargetFilter
{
    private readonly Hash256 _target;

    // The bits that are zero in the first lane of every digest below the target: those of the target's leading zeros, in the
    // lane's little-endian order. At most half of the digests that pass are not below the target.
    private readonly ulong _zeroBits;

    public TargetFilter(Hash256 target)
    {
        _target = target;
        int zeros = BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt64BigEndian(target.AsSpan()));
        ulong leading = zeros == 0 ? 0 : ulong.MaxValue << (64 - zeros);
        _zeroBits = BinaryPrimitives.ReverseEndianness(leading);
    }

    /// <summary>Returns a bit for each digest that may be below the target.</summary>
    public uint Candidates(Sha3Lanes lanes) => lanes.DigestsWithZeroBits(_zeroBits);

    /// <summary>Returns the index of the first candidate.</summary>
    public static int First(uint candidates) => BitOperations.TrailingZeroCount(candidates);

    /// <summary>Whether a candidate is below the target.</summary>
    public bool IsBelowTarget(Sha3Lanes lanes, int index) => lanes.Digest(index) < _target;
}
