using System.Globalization;
using Coniunctum.Benchmarks.Ledger;

namespace Coniunctum.Benchmarks.P2P;

/// <summary>
/// The quick mode <c>ratios p2p</c>: a new ledger in a SQLite file gets a chain of signed transfers from another ledger in this
/// process, over loopback and TLS, and by importing a file, in turns. The one that serves shares the processor.
/// </summary>
internal static class SyncProgram
{
    private const int Rounds = 3;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        int blocks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000;
        int transfers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5_000;
        int accounts = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10_000;
        using ImportWork work = await ImportWork.CreateAsync(transfers, blocks * transfers, accounts);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coniunctum-serve");
        try
        {
            await using LedgerHost server = await work.ServeAsync(Path.Combine(folder.FullName, "ledger.db"));
            await output.WriteLineAsync(Invariant($"{blocks} blocks of {transfers} transfers, {accounts} accounts, {Environment.ProcessorCount} cores; transfers a second"));
            double[] over = new double[Rounds];
            double[] local = new double[Rounds];
            for (int round = 0; round < Rounds; round++)
            {
                local[round] = work.Transfers / (await work.ImportAsync()).TotalSeconds;
                over[round] = work.Transfers / (await work.SynchronizeAsync(server.Network!.Addresses[0])).TotalSeconds;
            }

            Write(output, "synchronised over loopback", over);
            Write(output, "imported from a file", local);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {Median(over) / Median(local):0.00} ×"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Write(TextWriter output, string name, double[] rates) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {name,-32} {Median(rates),10:#,0} [{rates.Min():#,0}–{rates.Max():#,0}]"));

    private static double Median(double[] rates) => rates.Order().ElementAt(rates.Length / 2);
}
