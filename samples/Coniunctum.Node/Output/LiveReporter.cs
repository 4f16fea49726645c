using Coniunctum.Ledger;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Coniunctum.Node.Output;

/// <summary>A view that redraws itself in place, where a terminal can do that. Start and summary are plain lines around it.</summary>
internal sealed class LiveReporter(PlainReporter plain) : IDevReporter
{
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

    public void Judged(in DevView view, Judgement judgement)
    {
        if (!judgement.IsAsIntended) _wrong.Add($"{judgement.What}: {judgement.Intended} intended, {judgement.RuleName} found");
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

    private Table Draw(in DevView view)
    {
        DevTally tally = view.Tally;
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        Row("height", _start!.Options.Blocks is { } last ? $"{tally.Height} of {last}" : $"{tally.Height}");
        Row("tip", tally.Tip is null ? "genesis" : Figures.Short(tally.Tip.Id));
        Row("hash rate", Figures.Rate(view.HashesPerSecond));
        Row("pool", $"{view.PoolCount}");
        Row("time", $"{view.Elapsed:hh\\:mm\\:ss}");
        if (_start.Coverage is not null)
        {
            Row("transfers", $"{tally.Accepted} accepted, {tally.Confirmed} confirmed, {tally.RejectedTransfers.Values.Sum()} rejected");
            Row("rejected", Counts(tally.RejectedTransfers), Color.Yellow);
            Row("blocks", Counts(tally.RejectedBlocks), Color.Yellow);
            if (tally.Mismatched > 0) Row("WRONG", $"{tally.Mismatched}", Color.Red);
            foreach ((AcceptedTransfer transfer, ulong confirmations) in tally.Recent.Reverse())
                Row("", $"{transfer.From} pays {transfer.To}: {transfer.Amount}, {Confirmations(confirmations)}", confirmations == 0 ? Color.Default : Color.Green);
        }

        Row("", "Ctrl-C ends it", Color.Grey);
        return table;

        void Row(string label, string text, Color? color = null) =>
            table.AddRow((IRenderable)new Text(label, new Style(decoration: Decoration.Bold)), new Text(text, new Style(color ?? Color.Default)));
    }

    private static string Counts(SortedDictionary<string, long> counts) => string.Join("  ", counts.Select(pair => $"{pair.Key} {pair.Value}"));

    private static string Confirmations(ulong count) => count switch
    {
        0 => "in the pool",
        1 => "1 confirmation",
        _ => $"{count} confirmations",
    };
}
