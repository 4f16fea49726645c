using Coniunctum.Node.Output;
using Spectre.Console;

namespace Coniunctum.Node.Localnet;

/// <summary>A table that redraws itself in place. Start and summary are plain lines around it.</summary>
internal sealed class LiveLocalnetReporter(PlainLocalnetReporter plain, IAnsiConsole console) : ILocalnetReporter
{
    private readonly LiveLines _lines = new(console);

    public void Started(LocalnetStart start) => plain.Started(start);

    public void Looked(LocalnetView view) => _lines.Draw((width, height) => LocalnetTable.Draw(view, width, height).Select(line => new Text(line)));

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
        _lines.End();
        plain.Ended(summary);
    }

    public void Dispose() => _lines.End();
}
