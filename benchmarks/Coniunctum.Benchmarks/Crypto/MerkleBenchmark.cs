using BenchmarkDotNet.Attributes;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>RFC 6962 roots of 4,096 leaves, several nodes at once, against the same tree over the framework's SHA3-256.</summary>
[MemoryDiagnoser]
public class MerkleBenchmark
{
    private readonly HashWork _work = new();

    /// <summary>The framework's SHA3-256 (OpenSSL's on Linux).</summary>
    [Benchmark(Baseline = true)]
    public void InBox() => _work.RootInBox(1);

    /// <summary>Ours.</summary>
    [Benchmark]
    public void Coniunctum() => _work.RootOurs(1);
}
