using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>What the figures were measured on.</summary>
internal static class Processor
{
    /// <summary>The processor's own name with its family and model, by which its generation is found; elsewhere its architecture.</summary>
    public static string Description { get; } = X86Base.IsSupported ? Describe() : RuntimeInformation.ProcessArchitecture.ToString();

    // AMD64 Architecture Programmer's Manual 3, appendix E: the name in functions 8000_0002 to 4, family and model in function 1.
    private static string Describe()
    {
        Span<int> words = stackalloc int[12];
        for (int i = 0; i < 3; i++) (words[4 * i], words[(4 * i) + 1], words[(4 * i) + 2], words[(4 * i) + 3]) = X86Base.CpuId(unchecked((int)0x8000_0002) + i, 0);
        string name = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).TrimEnd('\0').Trim();
        int signature = X86Base.CpuId(1, 0).Eax;
        int family = (signature >> 8) & 15, model = (signature >> 4) & 15;
        if (family == 15) family += (signature >> 20) & 255;
        if (family is 6 or >= 15) model += ((signature >> 16) & 15) << 4;
        return Invariant($"{name} (family {family}, model {model})");
    }
}
