using Coniunctum.Ledger.Files;
using Coniunctum.Node.Net;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Cli;

/// <summary>
/// One line that shows a person at a terminal how far a command has come; elsewhere no one looks. It is told from any thread, and
/// is taken away before anything else is written.
/// </summary>
/// <param name="terminal">The terminal.</param>
/// <param name="isLive">Whether it is one.</param>
internal sealed class ProgressLine(TextWriter terminal, bool isLive)
    : IProgress<FileProgress>, IProgress<StoreProgress>, IProgress<OpeningProgress>, IProgress<SyncProgress>, IProgress<double>
{
    private const int Width = 79;

    private readonly Lock _gate = new();
    private string _shown = "";

    /// <inheritdoc/>
    public void Report(FileProgress value) => Show(Invariant($"height {value.Height}{(value.Target is { } target ? Invariant($" of {target}") : "")}"));

    /// <inheritdoc/>
    public void Report(StoreProgress value) => Show(Invariant($"{value.Done} of {value.Total}"));

    /// <inheritdoc/>
    public void Report(OpeningProgress value) => Show(value.Stage == OpeningStage.ReadingCheckpoint
        ? Invariant($"reading the checkpoint: {value.Done} pieces")
        : Invariant($"replaying: height {value.Done} of {value.Total}"));

    /// <inheritdoc/>
    public void Report(SyncProgress value) => Show(value.ToString());

    /// <summary>Shows how much of a password's stretching is done.</summary>
    /// <param name="value">From 0 to 1.</param>
    public void Report(double value) => Show(Invariant($"Stretching the password: {(int)(100 * value),3} %"));

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_shown.Length > 0) terminal.Write($"\r{new string(' ', Width)}\r");
            _shown = "";
        }
    }

    private void Show(string line)
    {
        if (!isLive) return;
        lock (_gate)
        {
            if (line.Equals(_shown, StringComparison.Ordinal)) return;
            _shown = line;
            terminal.Write($"\r{line.PadRight(Width)}");
        }
    }
}
