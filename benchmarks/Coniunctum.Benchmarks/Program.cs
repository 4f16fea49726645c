using BenchmarkDotNet.Running;
using Coniunctum.Benchmarks.Ledger;
using Coniunctum.Benchmarks.Ratios;
using Coniunctum.Benchmarks.Storage;
using Coniunctum.Benchmarks.Timing;

// Ways in: `ratios [AREA] [--json]` is quick and races rivals in one run; `stages`, `import`, `flat`, `ids`, `storage` and `state
// [ACCOUNTS]` measure the ledger; `timing [SAMPLES]` looks for secrets that take time; everything else is BenchmarkDotNet's.
if (args is ["ratios", .. string[] rest])
    return RatioProgram.Run(rest, Console.Out, Console.Error);
if (args is ["stages", .. string[] sizes])
    return StageProgram.Run(sizes, Console.Out);
if (args is ["import", .. string[] import])
    return await ImportProgram.RunAsync(import, Console.Out);
if (args is ["flat", .. string[] flat])
    return FlatProgram.Run(flat, Console.Out);
if (args is ["ids", .. string[] ids])
    return IdProgram.Run(ids, Console.Out);
if (args is ["storage", .. string[] storage])
    return StorageProgram.Run(storage, Console.Out, Console.Error);
if (args is ["timing", .. string[] samples])
    return TimingProgram.Run(samples, Console.Out, Console.Error);
if (args is ["state", .. string[] accounts])
    return StateProgram.Run(accounts, Console.Out, Console.Error);

BenchmarkSwitcher.FromAssembly(typeof(RatioProgram).Assembly).Run(args);
return 0;
