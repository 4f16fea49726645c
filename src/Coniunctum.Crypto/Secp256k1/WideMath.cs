using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Word arithmetic whose time does not depend on its operands.</summary>
internal static class WideMath
{
    /// <summary>The upper 64 bits of the 128-bit product.</summary>
    /// <remarks>
    /// <see cref="Math.BigMul(ulong, ulong, out ulong)"/> passes its low word through memory; asking for the high word
    /// alone, and multiplying once more for the low one, keeps everything in registers.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHigh(ulong a, ulong b)
    {
        if (Bmi2.X64.IsSupported) return Bmi2.X64.MultiplyNoFlags(a, b);
        return ArmBase.Arm64.IsSupported ? ArmBase.Arm64.MultiplyHigh(a, b) : Math.BigMul(a, b, out _);
    }

    /// <summary>The upper 64 bits of the signed 128-bit product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long MultiplyHigh(long a, long b) =>
        (long)MultiplyHigh((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a);

    /// <summary>1 when <paramref name="sum"/> = x + <paramref name="addend"/> wrapped around, else 0, without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Carry(ulong sum, ulong addend) => Unsafe.BitCast<bool, byte>(sum < addend);

    /// <summary>All ones when <paramref name="value"/> is zero, else 0, without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ZeroMask(ulong value) => ((value | (0 - value)) >> 63) - 1;

    /// <summary>Returns <paramref name="whenSet"/> for a mask of all ones and <paramref name="otherwise"/> for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Select(ulong mask, ulong whenSet, ulong otherwise) => otherwise ^ (mask & (whenSet ^ otherwise));
}
