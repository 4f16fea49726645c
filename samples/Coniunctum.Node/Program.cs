using System.Runtime.InteropServices;
using Coniunctum.Node.Cli;

using var signals = new StopSignals(TimeProvider.System);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Take);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Take);

await using CommandIo io = CommandIo.OpenStandard(signals.Token);
return await CommandLine.RunAsync(args, io, signals.Token);

void Take(PosixSignalContext signal) => signal.Cancel = signals.TryTake();
