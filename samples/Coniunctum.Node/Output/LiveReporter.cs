using Coniunctum.Ledger;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;
using Spectre.Console;

namespace Coniunctum.Node.Output;

/// <summary>A view that redraws itself in place, where a terminal can do that. Start and summary are plain lines around it.</summary>
internal sealed class LiveReporter(PlainReporter plain, IAnsiConsole console) : IDevReporter
{
    // The first ones tell the cause; all of them are counted.
    private const int MaxWrong = 20;

    private readonly LiveLines _lines = new(console);
    private readonly List<string> _wrong = [];
    private DevStart? _start;

    public void Started(DevStart start)
    {
        _start = start;
        plain.Started(start);
    }

    public void Block(in DevView view, HashedBlock block) => Tick(view);

    public void Undone(in DevView view, HashedBlock block) => Tick(view);

    public void Judged(in DevView view, Judgement judgement)
    {
        if (!judgement.IsAsIntended && _wrong.Count < MaxWrong) _wrong.Add($"{judgement.What}: {judgement.Intended} intended, {judgement.RuleName} found");
    }

    public void Tick(in DevView view)
    {
        DevView shown = view;
        _lines.Draw((width, height) => LiveView.Draw(shown, _start!, width, height).Select(line => new Paragraph()
            .Append(line.Label, new Style(decoration: Decoration.Bold))
            .Append(line.Text, new Style(line.Color))));
    }

    public void Summary(DevSummary summary)
    {
        _lines.End();
        foreach (string wrong in _wrong) console.WriteLine($"WRONG  {wrong}");
        plain.Summary(summary);
    }

    public ValueTask DisposeAsync()
    {
        _lines.End();
        return ValueTask.CompletedTask;
    }
}
