using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Client;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Api;

/// <summary>The routes that exist on a development chain only.</summary>
/// <param name="control">What they do; <c>null</c> on a node, which refuses them.</param>
internal sealed class DevRoutes(DevControl? control)
{
    /// <summary>Adds a route: whether it changes something, its path, what answers it, and how the answer is written.</summary>
    public interface IMap
    {
        void Add<T>(bool isPost, string path, Func<HttpContext, CancellationToken, Task<T>> answer, JsonTypeInfo<T> type);
    }

    /// <summary>Adds all routes.</summary>
    public void AddTo(IMap map)
    {
        map.Add(false, "/dev/snapshots", (_, cancellation) => Control.SnapshotsAsync(cancellation), DevJson.Default.SnapshotsModel);
        map.Add(true, "/dev/snapshots", (context, cancellation) => Control.SnapshotAsync(NameOf(context), cancellation), DevJson.Default.SnapshotModel);
        map.Add(true, "/dev/revert", (context, cancellation) => Control.RevertAsync(NameOf(context), cancellation), DevJson.Default.RevertedModel);
        map.Add(true, "/dev/reorg", (context, cancellation) => Control.ReorganizeAsync(Number(context, "depth", 1, DevControl.MostBlocks), cancellation), DevJson.Default.ReorganizedModel);
        map.Add(false, "/dev/mining", (_, _) => Task.FromResult(Control.Mining), DevJson.Default.MiningModel);
        map.Add(true, "/dev/mining", (context, cancellation) => Control.SetMiningAsync(Value(context, "mode"), cancellation), DevJson.Default.MiningModel);
        map.Add(true, "/dev/mine", (context, cancellation) => Control.MineAsync(Number(context, "blocks", 1, DevControl.MostBlocks), cancellation), DevJson.Default.MinedModel);
        map.Add(false, "/dev/clock", (_, _) => Task.FromResult(Control.Clock), DevJson.Default.ClockModel);
        map.Add(true, "/dev/clock", AdvanceAsync, DevJson.Default.ClockModel);
    }

    private DevControl Control => control ?? throw new ApiProblemException(
        StatusCodes.Status409Conflict, "This is a node of a network, whose chain and clock are not its own to change: only a development chain, which 'coniunctum dev' starts, does that.");

    private Task<ClockModel> AdvanceAsync(HttpContext context, CancellationToken cancellation)
    {
        ulong most = (ulong)DevControl.LatestTime.ToUnixTimeMilliseconds();
        if (context.Request.Query.ContainsKey("to"))
        {
            var to = DateTimeOffset.FromUnixTimeMilliseconds((long)Number(context, "to", 0, most));
            return Control.AdvanceAsync(_ => to, cancellation);
        }

        var span = TimeSpan.FromMilliseconds((long)Number(context, "advance", 1, most));
        return Control.AdvanceAsync(now => now + span, cancellation);
    }

    private static string NameOf(HttpContext context)
    {
        try
        {
            return SnapshotName.Read(Value(context, "name"));
        }
        catch (BadInputException exception)
        {
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"name: {exception.Message}");
        }
    }

    private static ulong Number(HttpContext context, string name, ulong least, ulong most) =>
        ulong.TryParse(Value(context, name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= least && number <= most
            ? number
            : throw new ApiProblemException(StatusCodes.Status400BadRequest, Invariant($"{name}: expected a whole number from {least} to {most}."));

    private static string Value(HttpContext context, string name) => context.Request.Query[name].FirstOrDefault() ?? "";
}
