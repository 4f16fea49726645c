using Coniunctum.Node.Api;

namespace Coniunctum.Node.Localnet;

/// <summary>What there is to see of a local network, laid out in lines.</summary>
internal static class LocalnetTable
{
    /// <summary>Lays out one line for each node below a head, none longer than the width, as many as there is room for.</summary>
    public static IEnumerable<string> Draw(IReadOnlyList<LocalNode> nodes, TrafficFeed traffic, TimeSpan elapsed, int width, int height) =>
        Fit(Lines(nodes.Select(node => (node.Index, node.Role.ToString().ToLowerInvariant(), node.IsUp, node.Starts, node.Status)), traffic.Accepted.Count, elapsed), width, height);

    internal static IEnumerable<string> Fit(IEnumerable<string> lines, int width, int height) => lines
        .Take(Math.Max(1, height))
        .Select(line => line.Length <= width ? line : width <= 1 ? "" : $"{line[..(width - 1)]}…");

    internal static IEnumerable<string> Lines(IEnumerable<(int Index, string Role, bool IsUp, int Starts, StatusModel? Status)> nodes, int accepted, TimeSpan elapsed)
    {
        yield return Invariant($"{elapsed:hh\\:mm\\:ss}  {accepted} transfers accepted; Ctrl-C ends it");
        yield return "node  role        height  tip           peers   pool  starts  blocks";
        foreach ((int index, string role, bool isUp, int starts, StatusModel? status) in nodes)
        {
            yield return !isUp || status is null
                ? Invariant($"{index,4}  {role,-9}  {(isUp ? "starts" : "DOWN"),7}  {"",12}  {"",5}  {"",5}  {starts,6}")
                : Invariant($"{index,4}  {role,-9}  {status.Height,7}  {status.Tip[^12..]}  {status.Peers,5}  {status.Pool,5}  {starts,6}  {status.ProductionReason}");
        }
    }
}
