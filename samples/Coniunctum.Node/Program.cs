using System.Runtime.InteropServices;
using Coniunctum.Node.Cli;

// The first Ctrl-C ends the command cleanly, with its summary; a second one ends the process as usual.
using var stop = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndCleanly);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndCleanly);

await using CommandIo io = CommandIo.OpenStandard();
return await CommandLine.RunAsync(args, io, stop.Token);

void EndCleanly(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested) return;
    signal.Cancel = true;
    stop.Cancel();
}
