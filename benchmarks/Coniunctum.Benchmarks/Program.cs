using BenchmarkDotNet.Running;
using Coniunctum.Benchmarks;
using Coniunctum.Benchmarks.Ratios;

if (args is ["--help" or "-h" or "-?" or "help", ..])
{
    Commands.WriteHelp(Console.Out);
    return 0;
}

if (Commands.Find(args) is { } command) return await command.RunAsync(args[1..]);

BenchmarkSwitcher.FromAssembly(typeof(RatioProgram).Assembly).Run(args);
return 0;
