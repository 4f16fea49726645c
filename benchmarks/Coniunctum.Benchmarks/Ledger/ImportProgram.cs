using System.Globalization;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>import</c>: signed transfers from encoded bytes to durable state in a SQLite file (decode, verify, execute,
/// roots, write), against the plain ledger in the same run.
/// </summary>
internal static class ImportProgram
{
    private const int Rounds = 5;
    private const int PlainTransfers = 2_000;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        int transfers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
        int total = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        int accounts = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10_000;
        using ImportWork work = await ImportWork.CreateAsync(transfers, total, accounts);
        await output.WriteLineAsync(Invariant($"{work.Transfers} transfers in blocks of {transfers}, {accounts} accounts, {Environment.ProcessorCount} cores; transfers a second"));

        double[] ours = new double[Rounds];
        double[] rival = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            ours[round] = work.Transfers / (await work.ImportAsync()).TotalSeconds;
            (TimeSpan taken, int some) = work.ImportPlainly(PlainTransfers);
            rival[round] = some / taken.TotalSeconds;
        }

        Write(output, "Coniunctum, into a SQLite file", ours);
        Write(output, "plain ledger, in memory", rival);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  ours is {Median(ours) / Median(rival):0.0} ×"));
        return 0;
    }

    private static void Write(TextWriter output, string name, double[] rates) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {name,-32} {Median(rates),10:#,0} [{rates.Min():#,0}–{rates.Max():#,0}]"));

    private static double Median(double[] rates) => rates.Order().ElementAt(rates.Length / 2);
}
