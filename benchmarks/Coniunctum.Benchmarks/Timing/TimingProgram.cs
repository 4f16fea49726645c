using System.Diagnostics;
using System.Globalization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Benchmarks.Timing;

/// <summary>
/// Looks for a time that depends on a secret, as dudect does (Reparaz, Balasch, Verbauwhede 2017): operations on one fixed key
/// and on random keys in random order, and Welch's t-test between the two. Above 4.5 something leaks; below, nothing was found.
/// </summary>
internal static class TimingProgram
{
    private const int Keys = 4096;
    private const int Seed = 1_618_033;

    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();
    private static readonly Hash256 s_digest = Sha3_256.Hash("the same digest for all"u8);

    // The slowest measurements are the operating system's; the test is repeated without them.
    private static readonly double[] s_kept = [1.0, 0.99, 0.95, 0.9, 0.75, 0.5];

    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        int samples = 1_000_000;
        if (args.Length > 1 || (args.Length == 1 && (!int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out samples) || samples < 1000)))
        {
            errors.WriteLine("Expected one number of samples, 1,000 or more, or nothing for 1,000,000.");
            return 2;
        }

        bool signs = Report("sign", samples, output, static (key, _, signature) => s_scheme.Sign(key, s_digest, signature));
        bool derives = Report("derive the public key", samples, output, static (_, secret, _) =>
        {
            if (PrivateKey.Read(secret, out PrivateKey? derived) != KeyOutcome.Valid) throw new InvalidOperationException("A key of the test is none.");
            derived!.Dispose();
        });
        return signs && derives ? 0 : 1;
    }

    private static bool Report(string name, int samples, TextWriter output, Action<PrivateKey, byte[], byte[]> operation)
    {
        var random = new Random(Seed);
        bool[] isFixed = new bool[Keys];
        byte[][] secrets = new byte[Keys][];
        var keys = new PrivateKey[Keys];
        byte[] fixedSecret = Sha3_256.Hash("the fixed key"u8).ToArray();
        for (int i = 0; i < Keys; i++)
        {
            // Both kinds lie in memory alike, so that no cache tells them apart.
            isFixed[i] = random.Next(2) == 0;
            secrets[i] = new byte[PrivateKey.Size];
            random.NextBytes(secrets[i]);
            if (isFixed[i]) fixedSecret.CopyTo(secrets[i], 0);
            if (PrivateKey.Read(secrets[i], out PrivateKey? key) != KeyOutcome.Valid) throw new InvalidOperationException("A key of the test is none.");
            keys[i] = key!;
        }

        byte[] signature = new byte[s_scheme.SignatureSize];
        for (int i = 0; i < 5000; i++) operation(keys[i % Keys], secrets[i % Keys], signature);
        var times = new (long Ticks, bool IsFixed)[samples];
        for (int i = 0; i < samples; i++)
        {
            int index = random.Next(Keys);
            long started = Stopwatch.GetTimestamp();
            operation(keys[index], secrets[index], signature);
            times[i] = (Stopwatch.GetTimestamp() - started, isFixed[index]);
        }

        foreach (PrivateKey key in keys) key.Dispose();
        Array.Sort(times, static (left, right) => left.Ticks.CompareTo(right.Ticks));
        double worst = s_kept.Max(kept => Math.Abs(WelchT(times.AsSpan(0, (int)(samples * kept)))));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {samples:#,0} samples, seed {Seed}, median {times[samples / 2].Ticks * 1e6 / Stopwatch.Frequency:0.0} us, greatest |t| {worst:0.00} (a leak from 4.5)"));
        return worst < 4.5;
    }

    private static double WelchT(ReadOnlySpan<(long Ticks, bool IsFixed)> times)
    {
        double[] count = new double[2], mean = new double[2], squares = new double[2];
        foreach ((long ticks, bool isFixed) in times)
        {
            int side = isFixed ? 1 : 0;
            double delta = ticks - mean[side];
            mean[side] += delta / ++count[side];
            squares[side] += delta * (ticks - mean[side]);
        }

        double error = Math.Sqrt((squares[0] / (count[0] - 1) / count[0]) + (squares[1] / (count[1] - 1) / count[1]));
        return error == 0 ? 0 : (mean[0] - mean[1]) / error;
    }
}
