using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>Vector work that never leaves the registers: what a second core gives at best on this machine, at this moment.</summary>
internal static class RegisterLoop
{
    public static long Sink;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int count)
    {
        Vector512<ulong> a = Vector512.Create(1UL), b = Vector512.Create(2UL), c = Vector512.Create(3UL), d = Vector512.Create(4UL);
        Vector512<ulong> step = Vector512.Create(0x9E3779B97F4A7C15UL);
        for (int i = 0; i < count; i++)
        {
            a = (a ^ step) + (a << 7);
            b = (b ^ step) + (b << 11);
            c = (c ^ step) + (c << 13);
            d = (d ^ step) + (d << 17);
        }

        Volatile.Write(ref Sink, (long)Vector512.Sum(a ^ b ^ c ^ d));
    }
}
