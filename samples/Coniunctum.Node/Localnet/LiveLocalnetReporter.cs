using Spectre.Console;

namespace Coniunctum.Node.Localnet;

/// <summary>A table that redraws itself in place. Start and summary are plain lines around it.</summary>
internal sealed class LiveLocalnetReporter(PlainLocalnetReporter plain) : ILocalnetReporter
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LiveDisplayContext? _display;
    private Task _drawing = Task.CompletedTask;

    public void Started(LocalnetOptions options, LocalNetwork network, string chainId)
    {
        plain.Started(options, network, chainId);
        _drawing = AnsiConsole.Live(new Text("")).Overflow(VerticalOverflow.Crop).StartAsync(async display =>
        {
            Volatile.Write(ref _display, display);
            await _ended.Task;
        });
    }

    public void Looked(LocalNetwork network, TrafficFeed traffic, TimeSpan elapsed) => Volatile.Read(ref _display)?.UpdateTarget(
        // One column and one line stay free: a terminal breaks a line that fills it, and the cursor needs a place.
        new Rows(LocalnetTable.Draw(network.Nodes, traffic, elapsed, AnsiConsole.Profile.Width - 1, AnsiConsole.Profile.Height - 1).Select(line => new Text(line))));

    public void Killed(LocalNode node, ulong height)
    {
        // The table shows it.
    }

    public void Restarted(KillReport report)
    {
        // The summary counts it.
    }

    public void Ended(LocalnetSummary summary)
    {
        Dispose();
        plain.Ended(summary);
    }

    public void Dispose()
    {
        _ended.TrySetResult();
#pragma warning disable VSTHRD002 // The display must have left the terminal before the summary is written; it ends at once.
        _drawing.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
