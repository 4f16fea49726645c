using System.Buffers;

namespace Coniunctum.Ledger.State;

/// <summary>Arrays for as long as a method runs. Small ones are used again; large ones, as of a genesis of a million, are not kept.</summary>
internal static class Scratch
{
    private const int MostKept = 1 << 16;

    /// <summary>Returns an array of at least so many items, whatever they are.</summary>
    public static T[] Rent<T>(int count)
        where T : struct =>
        count <= MostKept ? ArrayPool<T>.Shared.Rent(count) : GC.AllocateUninitializedArray<T>(count);

    /// <summary>Takes an array back.</summary>
    public static void Return<T>(T[] array)
        where T : struct
    {
        if (array.Length is > 0 and <= MostKept) ArrayPool<T>.Shared.Return(array);
    }
}
