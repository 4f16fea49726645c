using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;
using Spectre.Console;

namespace Coniunctum.Node.Output;

/// <summary>What the live view shows, laid out in lines.</summary>
internal static class LiveView
{
    private const int LabelWidth = 11;

    /// <summary>Lays out as many lines as there is room for, the most telling ones first, none of them longer than the width.</summary>
    public static IEnumerable<Line> Draw(DevView view, DevStart start, int width, int height)
    {
        int labelWidth = Math.Min(LabelWidth, Math.Max(0, width));
        int textWidth = Math.Max(0, width - labelWidth);
        return Lines(view, start, textWidth).Take(Math.Max(1, height)).Select(line => line with
        {
            Label = Fit(line.Label, labelWidth).PadRight(labelWidth),
            Text = Fit(line.Text, textWidth),
        });
    }

    private static string Fit(string text, int width) =>
        text.Length <= width ? text : width == 0 ? "" : $"{text[..(width - 1)]}…";

    private static IEnumerable<Line> Lines(DevView view, DevStart start, int width)
    {
        DevTally tally = view.Tally;
        yield return new Line("height", start.Options.Blocks is { } blocks ? $"{tally.Height} of {start.Height + blocks}" : $"{tally.Height}");
        yield return new Line("tip", tally.Tip is null ? start.Height == 0 ? "genesis" : "as it was" : Figures.Short(tally.Tip.Id));
        yield return new Line("hash rate", Figures.Rate(view.HashesPerSecond));
        yield return new Line("pool", Invariant($"{view.PoolCount}"));
        yield return new Line("time", Invariant($"{view.Elapsed:hh\\:mm\\:ss}, Ctrl-C ends it"));
        if (start.Coverage is null) yield break;

        if (tally.Mismatched > 0) yield return new Line("WRONG", Invariant($"{tally.Mismatched}: refused under another rule, or not at all"), Color.Red);
        yield return new Line("transfers", Invariant($"{tally.Accepted} accepted, {tally.Confirmed} confirmed"));
        foreach ((AcceptedTransfer transfer, ulong confirmations) in tally.Recent.Reverse())
        {
            Color color = confirmations == 0 ? Color.Default : Color.Green;
            yield return new Line("", Invariant($"{transfer.From} pays {transfer.To}: {transfer.Amount}, {Confirmations(confirmations)}"), color);
        }

        foreach (Line line in Counts("rejected", tally.RejectedTransfers, width)) yield return line;
        foreach (Line line in Counts("blocks", tally.RejectedBlocks, width)) yield return line;
    }

    /// <summary>Sums up, then lists rule by rule, without parting a rule from its count.</summary>
    private static IEnumerable<Line> Counts(string label, SortedDictionary<string, long> counts, int width)
    {
        yield return new Line(label, Invariant($"{counts.Values.Sum()}, by rule"), Color.Yellow);
        string text = "";
        foreach ((string rule, long count) in counts)
        {
            string next = Invariant($"{rule} {count}");
            if (text.Length > 0 && text.Length + 2 + next.Length > width)
            {
                yield return new Line("", text);
                text = "";
            }

            text += text.Length == 0 ? next : $"  {next}";
        }

        if (text.Length > 0) yield return new Line("", text);
    }

    private static string Confirmations(ulong count) => count switch
    {
        0 => "in the pool",
        1 => "1 confirmation",
        _ => $"{count} confirmations",
    };

    /// <summary>One line: what it is about, and what there is to say.</summary>
    internal readonly record struct Line(string Label, string Text, Color Color)
    {
        public Line(string label, string text)
            : this(label, text, Color.Default)
        {
        }
    }
}
