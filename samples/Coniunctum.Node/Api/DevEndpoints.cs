using System.Globalization;
using Coniunctum.AspNetCore;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coniunctum.Node.Api;

/// <summary>What answers by <see cref="DevRoutes"/>.</summary>
/// <param name="control">What they do; <c>null</c> on a node, which refuses them.</param>
internal sealed class DevEndpoints(DevControl? control)
{
    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];

    private DevControl Control => control ?? throw new ApiProblemException(
        StatusCodes.Status409Conflict, "This is a node of a network, whose chain and clock are not its own to change: only a development chain, which 'coniunctum dev' starts, does that.");

    /// <summary>Adds all of them to what a server serves.</summary>
    public void AddTo(LedgerApiOptions options)
    {
        Add(DevRoutes.Snapshots, api => api.MapMethods(DevRoutes.Snapshots.Path, s_read, () => Control.Snapshots));
        Add(DevRoutes.TakeSnapshot, api => api.MapPost(DevRoutes.TakeSnapshot.Path, (HttpContext context, string? name) => DoAsync(context, ending => Control.SnapshotAsync(NameOf(name), ending))));
        Add(DevRoutes.Revert, api => api.MapPost(DevRoutes.Revert.Path, (HttpContext context, string? name) => DoAsync(context, ending => Control.RevertAsync(NameOf(name), ending))));
        Add(DevRoutes.Reorganize, api => api.MapPost(
            DevRoutes.Reorganize.Path, (HttpContext context, string? depth) => DoAsync(context, ending => Control.ReorganizeAsync(Number("depth", depth, 1, DevControl.MostBlocks), ending))));
        Add(DevRoutes.Mining, api => api.MapMethods(DevRoutes.Mining.Path, s_read, () => Control.Mining));
        Add(DevRoutes.SetMining, api => api.MapPost(DevRoutes.SetMining.Path, (HttpContext context, string? mode) => DoAsync(context, ending => Control.SetMiningAsync(mode ?? "", ending))));
        Add(DevRoutes.Mine, api => api.MapPost(
            DevRoutes.Mine.Path, (HttpContext context, string? blocks) => DoAsync(context, ending => Control.MineAsync(Number("blocks", blocks ?? "1", 1, DevControl.MostBlocks), ending))));
        Add(DevRoutes.Clock, api => api.MapMethods(DevRoutes.Clock.Path, s_read, () => Control.Clock));
        Add(DevRoutes.SetClock, api => api.MapPost(
            DevRoutes.SetClock.Path, (HttpContext context, string? advance, string? to) => DoAsync(context, ending => Control.AdvanceAsync(TargetOf(advance, to), ending))));

        void Add(LedgerRoute route, Func<IEndpointRouteBuilder, RouteHandlerBuilder> map) => options.Routes.Add(new ProgramRoute(route, api => Describe(map(api), route)));
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, LedgerRoute route)
    {
        int[] statuses = route.IsRead ? [] : [StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict];
        foreach (int status in statuses) endpoint.Produces<ProblemModel>(status, "application/problem+json");
        return endpoint.WithTags("dev");
    }

    /// <summary>What is under way ends when the server does, whoever still waits for it.</summary>
    private static async Task<T> DoAsync<T>(HttpContext context, Func<CancellationToken, Task<T>> action)
    {
        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            return await action(ending.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new ApiProblemException(StatusCodes.Status503ServiceUnavailable, "The chain's program ends.");
        }
    }

    private static Func<DateTimeOffset, DateTimeOffset> TargetOf(string? advance, string? to)
    {
        ulong most = (ulong)DevControl.LatestTime.ToUnixTimeMilliseconds();
        if (to is null)
        {
            var span = TimeSpan.FromMilliseconds((long)Number("advance", advance, 1, most));
            return now => now + span;
        }

        if (advance is not null) throw new ApiProblemException(StatusCodes.Status400BadRequest, "advance and to contradict each other: expected one of them.");
        var time = DateTimeOffset.FromUnixTimeMilliseconds((long)Number("to", to, 0, most));
        return _ => time;
    }

    private static string NameOf(string? text)
    {
        try
        {
            return SnapshotName.Read(text ?? "");
        }
        catch (BadInputException exception)
        {
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"name: {exception.Message}");
        }
    }

    private static ulong Number(string name, string? text, ulong least, ulong most) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= least && number <= most
            ? number
            : throw new ApiProblemException(StatusCodes.Status400BadRequest, Invariant($"{name}: expected a whole number from {least} to {most}."));
}
