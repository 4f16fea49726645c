using System.Globalization;
using System.Runtime.InteropServices;
using Coniunctum.Benchmarks.Ratios;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Latency;

/// <summary>
/// The quick mode <c>latency</c>: how long it takes from submitting a transfer until the pool has it, its block is durable, and a
/// subscriber has heard of it: in process and over HTTP, with few and many in flight, in a SQLite file under one authority.
/// </summary>
internal static class LatencyProgram
{
    private const int Accounts = 100;
    private const int WarmUps = 2_000;
    private const int WarmUpsInFlight = 16;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        int[] inFlight = args.Length == 0 ? [1, 100, 10_000] : [.. args.Select(arg => int.TryParse(arg, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)];
        if (inFlight.Any(number => number is < 1 or > 50_000))
        {
            await errors.WriteLineAsync("Expected: latency [IN FLIGHT...], each from 1 to 50000.");
            return 2;
        }

        await output.WriteLineAsync(Invariant($"{RuntimeInformation.FrameworkDescription}, {Processor.Description}, {Environment.ProcessorCount} cores; milliseconds from submitting a transfer: p50 and p99"));
        await output.WriteLineAsync($"  {"",-12} {"in flight",9} {"in the pool",17} {"durable",17} {"event",17} {"a second",9}");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coniunctum-latency");
        PrivateKey[] keys = [.. Enumerable.Range(0, Accounts).Select(_ => PrivateKey.Generate(SystemEntropy.Instance))];
        try
        {
            using PrivateKey authority = PrivateKey.Generate(SystemEntropy.Instance);
            var store = new TimedStore(SqliteChainStore.Open(Path.Combine(folder.FullName, "ledger.db")));
            LedgerBuilder builder = LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(authority);
            foreach (PrivateKey key in keys) builder.Allocate(Profiles.Development.Signatures.AddressOf(key.PublicKey), 1_000_000_000);
            await using LedgerHost ledger = await builder.StartAsync();
            await using OverHttp http = await OverHttp.StartAsync(ledger);
            foreach (ILatencyWay way in (ILatencyWay[])[new InProcess(ledger), http])
            {
                using (await RunAsync(way, ledger, store, keys, WarmUps, WarmUpsInFlight))
                {
                    // Compiles, and fills what is empty.
                }

                foreach (int number in inFlight)
                {
                    using LatencyRun run = await RunAsync(way, ledger, store, keys, CountOf(number), number);
                    Write(output, way, number, run);
                }
            }
        }
        finally
        {
            foreach (PrivateKey key in keys) key.Dispose();
            folder.Delete(recursive: true);
        }

        return 0;
    }

    // Enough for a hundredth of them to be some, and several times what is in flight.
    private static int CountOf(int inFlight) => Math.Max(Math.Min(500 * inFlight, 10_000), 5 * inFlight);

    private static async Task<LatencyRun> RunAsync(ILatencyWay way, LedgerHost ledger, TimedStore store, PrivateKey[] keys, int count, int inFlight)
    {
        TransferContext context = ledger.Context;
        Address[] receivers = Array.ConvertAll(keys, key => ledger.Profile.Signatures.AddressOf(key.PublicKey));
        var transfers = new Transaction[count];
        Parallel.For(0, count, i => transfers[i] = Transfer.Sign(keys[i % keys.Length], receivers[(i + 1) % keys.Length], 1, context));
        TransactionId[] ids = Array.ConvertAll(transfers, transfer => ledger.Profile.Format.SigningDigest(transfer, ledger.ChainId));
        var run = new LatencyRun(way, store, transfers, ids, inFlight);
        await run.RunAsync(ledger.Tip.Id);
        return run;
    }

    private static void Write(TextWriter output, ILatencyWay way, int inFlight, LatencyRun run) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {way.Name,-12} {inFlight,9:#,0} {Show(run.UntilTaken),17} {Show(run.UntilDurable),17} {Show(run.UntilEvent),17} {run.PerSecond,9:#,0}"));

    private static string Show(double[] milliseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{milliseconds[milliseconds.Length / 2]:#,0.00} {milliseconds[milliseconds.Length * 99 / 100]:#,0.00}");
}
