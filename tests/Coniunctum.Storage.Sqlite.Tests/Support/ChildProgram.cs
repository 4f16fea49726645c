using System.Diagnostics;
using System.Globalization;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>The test assembly as a program of its own: a process that holds or writes a ledger until it is killed.</summary>
internal static class ChildProgram
{
    /// <summary>What a child says when it has done what comes before the waiting.</summary>
    public const string Ready = "ready";

    public static int Main(string[] args)
    {
        switch (args[0])
        {
            case "hold":
                using (SqliteChainStore.Open(args[1]))
                {
                    Console.WriteLine(Ready);
                    _ = Console.In.Read();
                }

                return 0;
            case "open":
                Console.WriteLine(Answer(() => SqliteChainStore.Open(args[1])));
                return 0;
            case "read":
                Console.WriteLine(Answer(() => SqliteChainStore.OpenToRead(args[1])));
                return 0;
            case "sqlite":
                // A program that knows nothing of ledgers.
                Batteries_V2.Init();
                raw.sqlite3_open(args[1], out sqlite3 database);
                using (database) Console.WriteLine(Invariant($"{raw.sqlite3_exec(database, "SELECT count(*) FROM heads")}"));
                return 0;
            case "write":
                // The WAL is moved every few commits, so that kills fall into that, too.
                using (var store = SqliteChainStore.Open(args[1], ChainSchema.Kind, new FileTuning { MaxWalBytes = 200_000 }))
                {
                    var run = new TestRun(int.Parse(args[2], CultureInfo.InvariantCulture));
                    foreach (string reopening in args[3..])
                    {
                        run.SkipTo(int.Parse(reopening, CultureInfo.InvariantCulture));
                        run.Reopen();
                    }

                    while (true)
                    {
                        store.Commit(run.Next());
                        Console.WriteLine(Invariant($"{run.Commits - 1}"));
                    }
                }

            default:
                throw new ArgumentException("Unknown task: " + args[0]);
        }
    }

    /// <summary>Opens a ledger and says its tip's height, or why it cannot.</summary>
    private static string Answer(Func<SqliteChainStore> open)
    {
        try
        {
            using SqliteChainStore store = open();
            return Invariant($"{store.Tip?.Height}");
        }
        catch (LedgerFileException refusal)
        {
            return $"{refusal.Fault}";
        }
    }

    public static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = ChildProcess.Of(typeof(ChildProgram).Assembly, arguments);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }
}
