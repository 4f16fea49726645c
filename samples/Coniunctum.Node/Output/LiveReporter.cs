using Coniunctum.Ledger;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;
using Spectre.Console;

namespace Coniunctum.Node.Output;

/// <summary>A view that redraws itself in place, where a terminal can do that. Start and summary are plain lines around it.</summary>
internal sealed class LiveReporter(PlainReporter plain) : IDevReporter
{
    // The first ones tell the cause; all of them are counted.
    private const int MaxWrong = 20;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _wrong = [];
    private LiveDisplayContext? _display;
    private Task _drawing = Task.CompletedTask;
    private DevStart? _start;

    public void Started(DevStart start)
    {
        _start = start;
        plain.Started(start);
        _drawing = AnsiConsole.Live(new Text("")).Overflow(VerticalOverflow.Crop).StartAsync(async display =>
        {
            Volatile.Write(ref _display, display);
            await _ended.Task;
        });
    }

    public void Block(in DevView view, HashedBlock block) => Tick(view);

    public void Undone(in DevView view, HashedBlock block) => Tick(view);

    public void Judged(in DevView view, Judgement judgement)
    {
        if (!judgement.IsAsIntended && _wrong.Count < MaxWrong) _wrong.Add($"{judgement.What}: {judgement.Intended} intended, {judgement.RuleName} found");
    }

    public void Tick(in DevView view) => Volatile.Read(ref _display)?.UpdateTarget(Draw(view));

    public void Summary(DevSummary summary)
    {
        End();
        foreach (string wrong in _wrong) AnsiConsole.WriteLine($"WRONG  {wrong}");
        plain.Summary(summary);
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await _drawing;
    }

    private void End()
    {
        _ended.TrySetResult();
#pragma warning disable VSTHRD002 // The display must have left the terminal before the summary is written; it ends at once.
        _drawing.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private Rows Draw(in DevView view)
    {
        // One column and one line stay free: a terminal breaks a line that fills it, and the cursor needs a place.
        IEnumerable<LiveView.Line> lines = LiveView.Draw(view, _start!, AnsiConsole.Profile.Width - 1, AnsiConsole.Profile.Height - 1);
        return new Rows(lines.Select(line => new Paragraph()
            .Append(line.Label, new Style(decoration: Decoration.Bold))
            .Append(line.Text, new Style(line.Color))));
    }
}
