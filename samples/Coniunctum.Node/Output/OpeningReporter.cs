using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Output;

/// <summary>Shows a person at a terminal how far opening a ledger has come. It is told from another thread, one step at a time.</summary>
internal sealed class OpeningReporter(CommandIo io) : IProgress<OpeningProgress>
{
    private const int Width = 60;

    private bool _isShown;

    public void Report(OpeningProgress value)
    {
        if (!io.IsErrorLive) return;
        _isShown = true;
        string line = value.Stage == OpeningStage.ReadingCheckpoint
            ? $"reading the checkpoint: {value.Done} pieces"
            : $"replaying: height {value.Done} of {value.Total}";
        io.Error.Write($"\r{line.PadRight(Width)}");
    }

    /// <summary>The ledger is open, or will not be.</summary>
    public void Clear()
    {
        if (_isShown) io.Error.Write($"\r{new string(' ', Width)}\r");
        _isShown = false;
    }
}
