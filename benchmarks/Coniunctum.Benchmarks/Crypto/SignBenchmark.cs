using BenchmarkDotNet.Attributes;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>Signing a digest.</summary>
[MemoryDiagnoser]
public class SignBenchmark : IDisposable
{
    private readonly SignatureWork _work = new();

    /// <summary>The framework's ECDsa (OpenSSL's on Linux), with a random nonce.</summary>
    [Benchmark(Baseline = true)]
    public void InBox() => _work.SignInBox(1);

    /// <summary>Ours, in constant time.</summary>
    [Benchmark]
    public void Coniunctum() => _work.SignOurs(1);

    /// <summary>BouncyCastle's.</summary>
    [Benchmark]
    public void BouncyCastle() => _work.SignBouncyCastle(1);

    /// <summary>Frees the work's memory.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _work.Dispose();
        GC.SuppressFinalize(this);
    }
}
