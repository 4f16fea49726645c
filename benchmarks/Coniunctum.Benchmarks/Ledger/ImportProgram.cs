using System.Diagnostics;
using System.Globalization;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>import</c>: signed transfers from encoded bytes to durable state in a SQLite file (decode, verify, execute,
/// roots, write), against the plain ledger in the same run.
/// </summary>
internal static class ImportProgram
{
    private const int Seed = 20260101;
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        int transfers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
        int total = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        int accounts = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10_000;
        using var chain = new TransferChain(Profiles.Standard, accounts, signed: true, Seed);
        ReadOnlyMemory<byte>[] blocks = [.. Enumerable.Range(0, total / transfers).Select(_ => chain.Next(transfers))];
        using MemoryStream file = await FileOfAsync(chain, blocks);
        await output.WriteLineAsync($"{blocks.Length} blocks of {transfers} transfers, {accounts} accounts, seed {Seed}, {Environment.ProcessorCount} cores; transfers a second");

        double[] ours = new double[Rounds];
        double[] rival = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            ours[round] = blocks.Length * transfers / (await ImportAsync(chain, file)).TotalSeconds;
            int some = Math.Min(blocks.Length, Math.Max(1, 2_000 / transfers));
            rival[round] = some * transfers / PlainLedger.Import(chain, blocks.AsSpan(0, some)).TotalSeconds;
        }

        Write(output, "Coniunctum, into a SQLite file", ours);
        Write(output, "plain ledger, in memory", rival);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  ours is {Median(ours) / Median(rival):0.0} ×"));
        return 0;
    }

    private static async Task<TimeSpan> ImportAsync(TransferChain chain, MemoryStream file)
    {
        string folder = Directory.CreateTempSubdirectory("coniunctum-import").FullName;
        try
        {
            await using LedgerHost ledger = await LedgerBuilder.For(chain.Profile)
                .UseStore(SqliteChainStore.Open(Path.Combine(folder, "ledger.db"))).StartAsync();
            file.Position = 0;
            BlockFileReader reader = await BlockFileReader.OpenAsync(file, chain.Profile.Limits);
            long start = Stopwatch.GetTimestamp();
            ImportOutcome outcome = await ledger.ImportAsync(reader);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            return outcome.Refused is null ? taken : throw new InvalidOperationException($"The workload is wrong: {outcome.Refused}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<MemoryStream> FileOfAsync(TransferChain chain, ReadOnlyMemory<byte>[] blocks)
    {
        using var store = new MemoryChainStore();
        foreach (ReadOnlyMemory<byte> encoded in blocks.Prepend(chain.Genesis.Encoded))
        {
            HashedBlock.TryDecode(encoded, chain.Profile.Format, chain.Profile.Limits, chain.Genesis.Id, out HashedBlock? block);
            store.Commit(new StoreBatch { Connected = [new StoredBlock(HeadCodec.Write(block!, chain.Profile.Format, default, Work.Zero), encoded, default)] });
        }

        var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, chain.Profile.Limits);
        return file;
    }

    private static void Write(TextWriter output, string name, double[] rates) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {name,-32} {Median(rates),10:#,0} [{rates.Min():#,0}–{rates.Max():#,0}]"));

    private static double Median(double[] rates) => rates.Order().ElementAt(rates.Length / 2);
}
