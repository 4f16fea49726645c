using BenchmarkDotNet.Running;
using Coniunctum.Benchmarks.Ratios;

// Two ways in: `ratios [AREA] [--json]` is quick and races rivals in one run; everything else is BenchmarkDotNet's.
if (args is ["ratios", .. string[] rest])
    return RatioProgram.Run(rest, Console.Out, Console.Error);

BenchmarkSwitcher.FromAssembly(typeof(RatioProgram).Assembly).Run(args);
return 0;
