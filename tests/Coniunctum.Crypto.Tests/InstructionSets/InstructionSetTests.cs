using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Tests.InstructionSets;

/// <summary>Runs the kernels in child processes, with each instruction set switched off in turn.</summary>
public sealed class InstructionSetTests
{
    // Five processes: a million hashes and more.
    private const int HashesPerProcess = 210_000;
    private const int SignaturesPerProcess = 10_000;

    private string _expected = "";
    private string _expectedOfSignatures = "";

    [OneTimeSetUp]
    public async Task ComputeTheTranscriptsWithNothingSwitchedOff()
    {
        _expected = await RunAsync("nothing", "hashes");
        _expectedOfSignatures = await RunAsync("nothing", "signatures");
    }

    [Test]
    public void Transcripts_NothingOff_UseTheKernelsOfThisProcess()
    {
        Assert.That(_expected, Does.StartWith(CryptoInfo.KeccakKernel + " "));
        Assert.That(_expectedOfSignatures, Does.StartWith(Invariant($"{CryptoInfo.SignaturesAtOnce} ")));
    }

    [TestCase("512 bits", "DOTNET_PreferredVectorBitWidth", "256")]
    [TestCase("AVX-512", "DOTNET_EnableAVX512", "0")]
    [TestCase("AVX2", "DOTNET_EnableAVX2", "0")]
    [TestCase("everything", "DOTNET_EnableHWIntrinsic", "0")]
    public async Task Transcript_WithASetOff_IsTheSameFromAnotherKernel(string set, string variable, string value)
    {
        string actual = await RunAsync(set, "hashes", (variable, value));

        await TestContext.Out.WriteLineAsync(actual);
        Assert.That(actual.Split(' ')[^1], Is.EqualTo(_expected.Split(' ')[^1]));
        Assert.That(actual.Split(' ')[0], Is.EqualTo(ExpectedKernel(set)));
    }

    [TestCase("512 bits", "DOTNET_PreferredVectorBitWidth", "256")]
    [TestCase("AVX-512", "DOTNET_EnableAVX512", "0")]
    [TestCase("AVX2", "DOTNET_EnableAVX2", "0")]
    [TestCase("everything", "DOTNET_EnableHWIntrinsic", "0")]
    public async Task Signatures_WithASetOff_AreTheSameInOtherLanes(string set, string variable, string value)
    {
        string actual = await RunAsync(set, "signatures", (variable, value));

        await TestContext.Out.WriteLineAsync(actual);
        Assert.That(actual.Split(' ')[^1], Is.EqualTo(_expectedOfSignatures.Split(' ')[^1]));
        bool hasFour = set is "512 bits" or "AVX-512" && Avx2.IsSupported;
        Assert.That(actual.Split(' ')[0], Is.EqualTo(hasFour ? "4" : "1"));
    }

    [Test]
    public async Task Child_WhoseSetIsStillOn_Refuses()
    {
        Assume.That(Vector128.IsHardwareAccelerated);
        (int exitCode, string output) = await StartAsync("everything", "hashes");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(output, Does.Contain("still on"));
    }

    private static string ExpectedKernel(string off)
    {
        bool isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        return off switch
        {
            "512 bits" or "AVX-512" or "AVX2" when !isX64 => CryptoInfo.KeccakKernel,
            "512 bits" when Avx512F.VL.IsSupported => "AVX-512VL",
            "512 bits" or "AVX-512" when Avx2.IsSupported => "AVX2",
            _ => "scalar",
        };
    }

    private static async Task<string> RunAsync(string off, string transcript, params (string Name, string Value)[] variables)
    {
        (int exitCode, string output) = await StartAsync(off, transcript, variables);
        Assert.That(exitCode, Is.Zero, output);
        return output.TrimEnd().Split('\n')[^1].Trim();
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(string off, string transcript, params (string Name, string Value)[] variables)
    {
        int inputs = transcript == "hashes" ? HashesPerProcess : SignaturesPerProcess;
        (int exitCode, string output, string errors) =
            await ChildProcess.RunAsync(typeof(ChildProgram).Assembly, [off, transcript, Invariant($"{inputs}")], variables);
        return (exitCode, errors + output);
    }
}
