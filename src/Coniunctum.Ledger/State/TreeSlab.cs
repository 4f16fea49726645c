using System.Numerics;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Blocks of equal size, known by number, in a few large arrays. A block stays where it is until it is given back, so that
/// references into it hold while others are taken; its number is then used again, the last one first, since it still lies in
/// the cache.
/// </summary>
/// <remarks>Blocks may be taken and given back on one thread while others read blocks that they know to be in use.</remarks>
/// <typeparam name="T">What a block is made of.</typeparam>
/// <param name="width">How many of them make a block.</param>
internal sealed class TreeSlab<T>(int width)
{
    // Arrays hold 16, 32, 64, … blocks, so that small trees take little, and at most 1,024, so that large ones waste little.
    private const int FirstBits = 4;
    private const int LastBits = 10;

    private T[][] _arrays = [];
    private int[] _free = [];
    private int _freeCount;
    private int _made;

    /// <summary>How many blocks are in use.</summary>
    public int InUse => _made - _freeCount;

    /// <summary>The items of a block that is in use.</summary>
    public Span<T> this[int number]
    {
        get
        {
            (int array, int offset) = PlaceOf(number);
            return _arrays[array].AsSpan(offset * width, width);
        }
    }

    /// <summary>Takes a block; what it holds is to be overwritten.</summary>
    public int Take()
    {
        if (_freeCount > 0) return _free[--_freeCount];
        int array = PlaceOf(_made).Array;
        if (array == _arrays.Length)
        {
            T[] blocks = GC.AllocateUninitializedArray<T>(width << Math.Min(FirstBits + array, LastBits));
            Volatile.Write(ref _arrays, [.. _arrays, blocks]);
        }

        return _made++;
    }

    /// <summary>Gives a block back. No one may look at it any more.</summary>
    public void Return(int number)
    {
        if (_freeCount == _free.Length) Array.Resize(ref _free, Math.Max(16, _freeCount * 2));
        _free[_freeCount++] = number;
    }

    /// <summary>Where a block lies: the first array takes 16 numbers, the next 32, and from the seventh on each takes 1,024.</summary>
    private static (int Array, int Offset) PlaceOf(int number)
    {
        int shifted = number + (1 << FirstBits);
        int bits = Math.Min(BitOperations.Log2((uint)shifted), LastBits);
        return (bits - FirstBits + (shifted >> bits) - 1, shifted & ((1 << bits) - 1));
    }
}
