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
/// <param name="width">How many columns it has.</param>
internal sealed class ProgressLine(TextWriter terminal, bool isLive, Func<int> width)
    : IProgress<FileProgress>, IProgress<StoreProgress>, IProgress<OpeningProgress>, IProgress<SyncProgress>, IProgress<double>
{
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
            if (_shown.Length > 0) terminal.Write($"\r{new string(' ', Math.Min(_shown.Length, Room))}\r");
            _shown = "";
        }
    }

    // A terminal breaks a line that fills it.
    private int Room => Math.Max(2, width()) - 1;

    private void Show(string line)
    {
        if (!isLive) return;
        lock (_gate)
        {
            int room = Room;
            if (_shown.Length > room)
            {
                // The terminal has become smaller: what it keeps of the line cannot be taken away.
                terminal.Write('\n');
                _shown = "";
            }

            string fitting = line.Length <= room ? line : $"{line[..(room - 1)]}…";
            if (fitting.Equals(_shown, StringComparison.Ordinal)) return;
            // Blanks take away what the last line had more.
            terminal.Write($"\r{fitting.PadRight(Math.Min(_shown.Length, room))}");
            _shown = fitting;
        }
    }
}
