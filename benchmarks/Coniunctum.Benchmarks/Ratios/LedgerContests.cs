using Coniunctum.Benchmarks.Ledger;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The area <c>ledger</c>: blocks decoded and encoded, signed transfers from bytes to durable state, those of tokens and assets beside plain ones, and what the length of the history does to a transfer's cost.</summary>
internal static class LedgerContests
{
    private const int Transfers = 20_000;
    private const int PlainTransfers = 1_000;
    private const int ImportAccounts = 10_000;
    private const int HistoryAccounts = 100_000;

    public static IEnumerable<Contest> All()
    {
        using var tokens = new TokenWork();
        yield return new Contest(
            "transfers done and undone, 20,000 accounts, signatures apart",
            new Contender("unique tokens", tokens.OfTokens.DoAndUndo, HistoryWork.Batch),
            new Contender("units of an asset", tokens.OfUnits.DoAndUndo, HistoryWork.Batch),
            new Contender("base units", tokens.Plain.DoAndUndo, HistoryWork.Batch));

        var codec = new CodecWork();
        yield return new Contest(
            $"blocks of {CodecWork.Transfers} transfers decoded", new Contender("Coniunctum", codec.DecodeOurs), new Contender(Rivals.MessagePack + " by hand", codec.DecodeTheirs));
        yield return new Contest(
            $"blocks of {CodecWork.Transfers} transfers encoded", new Contender("Coniunctum", codec.EncodeOurs), new Contender(Rivals.MessagePack + " by hand", codec.EncodeTheirs));
        foreach (int transfersABlock in (int[])[500, 5_000])
        {
            using ImportWork work = Wait(ImportWork.CreateAsync(transfersABlock, Transfers, ImportAccounts));
            int plain = work.ImportPlainly(PlainTransfers).Transfers;
            yield return new Contest(
                Invariant($"signed transfers into a SQLite file, {transfersABlock} a block, {Environment.ProcessorCount} cores"),
                new Contender("Coniunctum", count => Repeat(count, work.Transfers, () => Wait(work.ImportAsync())), work.Transfers),
                new Contender("Coniunctum on one core", count => Repeat(count, work.Transfers, () => work.ImportAlone()), work.Transfers),
                new Contender("plain ledger in memory", count => Repeat(count, plain, () => work.ImportPlainly(PlainTransfers)), plain));
        }

        using var young = new HistoryWork(10_000, HistoryAccounts);
        using var middle = new HistoryWork(100_000, HistoryAccounts);
        using var old = new HistoryWork(1_000_000, HistoryAccounts);
        yield return new Contest(
            "transfers done and undone, 1,000,000 behind them, signatures apart",
            new Contender("Coniunctum", old.DoAndUndo, HistoryWork.Batch),
            new Contender("100,000 behind them", middle.DoAndUndo, HistoryWork.Batch),
            new Contender("10,000 behind them", young.DoAndUndo, HistoryWork.Batch));
    }

    /// <summary>A race's contenders take turns on one thread, which nothing else waits for.</summary>
    private static T Wait<T>(Task<T> task)
    {
#pragma warning disable VSTHRD002 // There is no context that the task could need.
        return task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private static void Repeat(int count, int batch, Action work)
    {
        for (int done = 0; done < count; done += batch) work();
    }
}
