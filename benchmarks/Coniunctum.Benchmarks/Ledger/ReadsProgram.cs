using System.Diagnostics;
using System.Globalization;
using Coniunctum.Crypto;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>reads</c>: how long a balance is waited for while full blocks are taken in, read about a thousand times a
/// second by one thread, and what that adds to the import.
/// </summary>
internal static class ReadsProgram
{
    private const int Rounds = 3;
    private const int Addresses = 256;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        int transfers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5_000;
        int total = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200_000;
        int accounts = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10_000;
        using ImportWork work = await ImportWork.CreateAsync(transfers, total, accounts);
        await output.WriteLineAsync(Invariant($"{work.Transfers} transfers in blocks of {transfers}, {accounts} accounts, {Environment.ProcessorCount} cores"));

        List<double> reads = [];
        List<double> alone = [];
        List<double> meanwhile = [];
        for (int round = 0; round < Rounds; round++)
        {
            alone.Add(await CostAsync(work, null));
            using var stop = new ManualResetEventSlim();
            Thread? reader = null;
            meanwhile.Add(await CostAsync(work, ledger =>
            {
                reader = new Thread(() => Read(ledger, work.Accounts, stop, reads));
                reader.Start();
            }));
            stop.Set();
            reader!.Join();
        }

        reads.Sort();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  a balance, microseconds: p50 {At(0.5):0.0}, p99 {At(0.99):0.0}, p99.9 {At(0.999):0.0}, worst {reads[^1]:#,0.0}, of {reads.Count:#,0} reads"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"  microseconds of processor time a transfer: {alone.Min():0.00} without readers, {meanwhile.Min():0.00} with them, at best of {Rounds}"));
        return 0;

        double At(double part) => reads[(int)(reads.Count * part)];
    }

    private static async Task<double> CostAsync(ImportWork work, Action<LedgerHost>? begin)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await work.ImportAsync(begin);
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / work.Transfers;
    }

    private static void Read(LedgerHost ledger, IReadOnlyList<Address> accounts, ManualResetEventSlim stop, List<double> microseconds)
    {
        for (int i = 0; !stop.Wait(s_pause); i++)
        {
            Address address = accounts[i % Math.Min(Addresses, accounts.Count)];
            long start = Stopwatch.GetTimestamp();
            ledger.Balance(address);
            microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
    }
}
