namespace Coniunctum.Node.Localnet;

/// <summary>What there is to see of a local network, laid out in lines.</summary>
internal static class LocalnetTable
{
    /// <summary>Lays out one line for each node below a head, none longer than the width, as many as there is room for.</summary>
    public static IEnumerable<string> Draw(LocalnetView view, int width, int height) => Lines(view)
        .Take(Math.Max(1, height))
        .Select(line => line.Length <= width ? line : width <= 1 ? "" : $"{line[..(width - 1)]}…");

    private static IEnumerable<string> Lines(LocalnetView view)
    {
        yield return Invariant($"{view.Elapsed:hh\\:mm\\:ss}  {view.Accepted} transfers accepted; Ctrl-C ends it");
        yield return "node  role        height  tip           peers   pool  starts  blocks";
        foreach ((int index, string role, bool isUp, int starts, LocalnetView.Answer? last) in view.Nodes)
        {
            yield return !isUp || last is null
                ? Invariant($"{index,4}  {role,-9}  {(isUp ? "starts" : "DOWN"),7}  {"",12}  {"",5}  {"",5}  {starts,6}")
                : Invariant($"{index,4}  {role,-9}  {last.Height,7}  {last.Tip[^12..]}  {last.Peers,5}  {last.Pool,5}  {starts,6}  {last.Production}");
        }
    }
}
