using BenchmarkDotNet.Attributes;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>The kernels of Keccak-f[1600]: as many states at once as this machine takes, against one at a time.</summary>
[MemoryDiagnoser]
public class KeccakBenchmark : IDisposable
{
    private const int Permutations = 4096;

    private readonly KeccakWork _work = new();

    /// <summary>One state at a time.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Permutations)]
    public void One() => _work.PermuteOne(Permutations);

    /// <summary>All lanes.</summary>
    [Benchmark(OperationsPerInvoke = Permutations)]
    public void Wide() => _work.PermuteWide(Permutations);

    /// <summary>Frees the work's memory.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _work.Dispose();
        GC.SuppressFinalize(this);
    }
}
