using BenchmarkDotNet.Attributes;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>The nonce search against the same loop over others' SHA3-256. Each operation tries 4,096 nonces.</summary>
[MemoryDiagnoser]
public class NonceSearchBenchmark
{
    private const int Nonces = 4096;

    private readonly NonceWork _work = new();

    /// <summary>The framework's SHA3-256 (OpenSSL's on Linux).</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Nonces)]
    public void InBox() => _work.SearchInBox(Nonces);

    /// <summary>Ours.</summary>
    [Benchmark(OperationsPerInvoke = Nonces)]
    public void Coniunctum() => _work.SearchOurs(Nonces);

    /// <summary>Ours with H(nonce) from a table of 32 MiB.</summary>
    [Benchmark(OperationsPerInvoke = Nonces)]
    public void ConiunctumWithTable() => _work.SearchTabled(Nonces);

    /// <summary>BouncyCastle's.</summary>
    [Benchmark(OperationsPerInvoke = Nonces)]
    public void BouncyCastle() => _work.SearchBouncyCastle(Nonces);
}
