using Coniunctum.Benchmarks.Dev;
using Coniunctum.Benchmarks.Latency;
using Coniunctum.Benchmarks.Ledger;
using Coniunctum.Benchmarks.P2P;
using Coniunctum.Benchmarks.Ratios;
using Coniunctum.Benchmarks.Storage;
using Coniunctum.Benchmarks.Theory;
using Coniunctum.Benchmarks.Timing;

namespace Coniunctum.Benchmarks;

/// <summary>The commands that are not BenchmarkDotNet's.</summary>
internal static class Commands
{
    private static readonly Command[] s_all =
    [
        new("ratios", "[AREA] [--json] [--processor-time] [--only TEXT]", $"races rivals in one run; areas: {string.Join(", ", RatioProgram.Areas)}; or p2p or dev, below", RunRatiosAsync),
        new("ratios p2p", "[BLOCKS] [TRANSFERS A BLOCK] [ACCOUNTS]", "synchronising over loopback and TLS against importing a file", RunRatiosAsync),
        new("ratios dev", "[ROUNDS] [TRANSFERS] [--anvil FILE] [--native FILE] [--json]", "a development chain against anvil, both compiled ahead of time", RunRatiosAsync),
        new("stages", "[ACCOUNTS] [TRANSFERS A BLOCK]", "what each stage of a block's way costs a transfer", args => StageProgram.Run(args, Console.Out)),
        new("import", "[TRANSFERS A BLOCK] [TRANSFERS] [ACCOUNTS]", "signed transfers from bytes to a file", args => ImportProgram.RunAsync(args, Console.Out)),
        new("reads", "[TRANSFERS A BLOCK] [TRANSFERS] [ACCOUNTS]", "what a balance is waited for meanwhile", args => ReadsProgram.RunAsync(args, Console.Out)),
        new("latency", "[IN FLIGHT...]", "from submitting to durable and to the event, in process and over HTTP", args => LatencyProgram.RunAsync(args, Console.Out, Console.Error)),
        new("flat", "[MOST TRANSFERS] [ACCOUNTS]", "a transfer's cost as the history grows", args => FlatProgram.Run(args, Console.Out)),
        new("ids", "[MOST]", "what used identities take", args => IdProgram.Run(args, Console.Out)),
        new("state", "[ACCOUNTS]", "the state by itself", args => StateProgram.Run(args, Console.Out, Console.Error)),
        new("open", "[BLOCKS] [ACCOUNTS]", "opening a long ledger's file", args => OpenProgram.RunAsync(args, Console.Out)),
        new("storage", "[SECTION] [FOLDER] [SCALE]", "a ledger's file and its index on a disk", args => StorageProgram.Run(args, Console.Out, Console.Error)),
        new("proofs", "[BLOCKS] [TRANSFERS A BLOCK] [ACCOUNTS]", "what serving a proof costs a node", args => ProofProgram.Run(args, Console.Out)),
        new("timing", "[SAMPLES]", "looks for secrets that take time", args => TimingProgram.Run(args, Console.Out, Console.Error)),
        new("theory", "[TRIALS] [--svg FILE]", "attacks on the fork choice against the formulas", args => TheoryProgram.Run(args, Console.Out, Console.Error)),
    ];

    private static Task<int> RunRatiosAsync(string[] args) => args switch
    {
        ["p2p", .. string[] rest] => SyncProgram.RunAsync(rest, Console.Out),
        ["dev", .. string[] rest] => DevProgram.RunAsync(rest, Console.Out, Console.Error),
        _ => Task.FromResult(RatioProgram.Run(args, Console.Out, Console.Error)),
    };

    /// <summary>Returns the command that the arguments begin with, or <c>null</c> where they are BenchmarkDotNet's.</summary>
    public static Command? Find(string[] args) => args.Length == 0 ? null : Array.Find(s_all, command => string.Equals(command.Name, args[0], StringComparison.Ordinal));

    /// <summary>Reports what there is.</summary>
    public static void WriteHelp(TextWriter output)
    {
        output.WriteLine("Usage: dotnet run --project benchmarks/Coniunctum.Benchmarks -c Release -- COMMAND");
        output.WriteLine();
        int width = s_all.Max(command => command.Name.Length + 1 + command.Arguments.Length);
        foreach (Command command in s_all) output.WriteLine($"  {(command.Name + " " + command.Arguments).PadRight(width)}  {command.Does}");
        output.WriteLine();
        output.WriteLine("Everything else goes to BenchmarkDotNet: --list flat names its classes, --filter '*' runs them all. docs/BENCHMARKS.md has figures.");
    }

    /// <summary>A command.</summary>
    /// <param name="Name">Its first word.</param>
    /// <param name="Arguments">What may follow.</param>
    /// <param name="Does">What it does, in a few words.</param>
    /// <param name="RunAsync">Runs it on what followed, and returns the exit code.</param>
    internal sealed record Command(string Name, string Arguments, string Does, Func<string[], Task<int>> RunAsync)
    {
        public Command(string name, string arguments, string does, Func<string[], int> run)
            : this(name, arguments, does, args => Task.FromResult(run(args)))
        {
        }
    }
}
