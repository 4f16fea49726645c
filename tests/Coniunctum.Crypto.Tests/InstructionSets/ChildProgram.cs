using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Tests.InstructionSets;

/// <summary>The test assembly as a program of its own: a child process with instruction sets switched off.</summary>
internal static class ChildProgram
{
    /// <summary>Asserts that the named set is off, then writes the transcript as the last line.</summary>
    /// <param name="args">The set, "hashes" or "signatures", and of how many inputs.</param>
    public static int Main(string[] args)
    {
        bool isOn = args[0] switch
        {
            "nothing" => false,
            "512 bits" => Vector512.IsHardwareAccelerated,
            "AVX-512" => Avx512F.IsSupported || Avx512F.VL.IsSupported,
            "AVX2" => Avx512F.IsSupported || Avx2.IsSupported,
            "everything" => Vector128.IsHardwareAccelerated || Avx2.IsSupported || AdvSimd.IsSupported || Bmi2.IsSupported,
            _ => throw new ArgumentException("Unknown set: " + args[0]),
        };
        if (isOn)
        {
            Console.WriteLine($"{args[0]} is still on.");
            return 2;
        }

        int inputs = int.Parse(args[2], CultureInfo.InvariantCulture);
        Console.WriteLine(args[1] == "hashes" ? KernelTranscript.Compute(inputs) : SignatureTranscript.Compute(inputs));
        return 0;
    }
}
