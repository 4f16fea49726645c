using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Coniunctum.Benchmarks;
using Coniunctum.Benchmarks.Ratios;

if (args is ["--help" or "-h" or "-?" or "help", ..])
{
    Commands.WriteHelp(Console.Out);
    return 0;
}

if (Commands.Find(args) is { } command) return await command.RunAsync(args[1..]);

// It builds the libraries anew, with all analyzers: on two busy cores that takes longer than its two minutes.
IConfig config = ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(15));
BenchmarkSwitcher.FromAssembly(typeof(RatioProgram).Assembly).Run(args, config);
return 0;
