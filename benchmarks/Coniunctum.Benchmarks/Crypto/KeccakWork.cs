using System.Runtime.InteropServices;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>Permutations alone, each on the result of the one before.</summary>
internal sealed unsafe class KeccakWork : IDisposable
{
    private readonly ulong* _states = (ulong*)NativeMemory.AlignedAlloc((nuint)(KeccakPermutation.LaneCount * KeccakPermutation.Width * sizeof(ulong)), 64);
    private readonly ulong[] _state = new ulong[KeccakPermutation.LaneCount];

    public KeccakWork() => new Span<ulong>(_states, KeccakPermutation.LaneCount * KeccakPermutation.Width).Clear();

    /// <summary>As many at once as this machine's widest kernel takes.</summary>
    public void PermuteWide(int count)
    {
        for (int done = 0; done < count; done += KeccakPermutation.Width)
            KeccakPermutation.PermuteWide(_states, null, _states, digestOnly: false);
    }

    /// <summary>One at a time.</summary>
    public void PermuteOne(int count)
    {
        for (int i = 0; i < count; i++) KeccakPermutation.Permute(_state);
    }

    public void Dispose() => NativeMemory.AlignedFree(_states);
}
