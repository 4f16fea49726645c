using BenchmarkDotNet.Attributes;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>Verifying a signature under a known key, and recovering its signer alone and in batches.</summary>
[MemoryDiagnoser]
public class VerifyBenchmark : IDisposable
{
    private readonly SignatureWork _work = new();

    /// <summary>The framework's ECDsa (OpenSSL's on Linux) verifies.</summary>
    [Benchmark(Baseline = true)]
    public void InBoxVerify() => _work.VerifyInBox(1);

    /// <summary>Ours verifies.</summary>
    [Benchmark]
    public void Verify() => _work.VerifyOurs(1);

    /// <summary>Ours recovers.</summary>
    [Benchmark]
    public void Recover() => _work.RecoverOurs(1);

    /// <summary>Ours recovers 512 at once.</summary>
    [Benchmark(OperationsPerInvoke = SignatureWork.Count)]
    public void RecoverBatch() => _work.RecoverBatches(SignatureWork.Count, SignatureWork.Count);

    /// <summary>BouncyCastle's verifies.</summary>
    [Benchmark]
    public void BouncyCastleVerify() => _work.VerifyBouncyCastle(1);

    /// <summary>Frees the work's memory.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _work.Dispose();
        GC.SuppressFinalize(this);
    }
}
