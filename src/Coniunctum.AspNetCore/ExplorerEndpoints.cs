using Coniunctum.Crypto.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coniunctum.AspNetCore;

/// <summary>The explorer: fixed files; which page is shown is decided behind the <c>#</c>, which never reaches a server.</summary>
internal static class ExplorerEndpoints
{
    private const string Index = "index.html";

    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the page at the root, and its parts below <c>explorer</c>.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        if (!ExplorerFile.All.TryGetValue(Index, out ExplorerFile? index)) return;
        group.MapMethods("/", s_read, (RequestDelegate)(context => WriteRootAsync(context, index))).ExcludeFromDescription();
        group.MapMethods("/explorer/{**file}", s_read, (RequestDelegate)WriteFileAsync).ExcludeFromDescription();
    }

    private static Task WriteRootAsync(HttpContext context, ExplorerFile index)
    {
        // The page names its parts relative to itself.
        if (context.Request.Path.Value?.EndsWith('/') == true) return WriteAsync(context, index);
        SecurityHeaders.AddToExplorer(context.Response);
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path}/";
        return Task.CompletedTask;
    }

    private static Task WriteFileAsync(HttpContext context)
    {
        string name = context.GetRouteValue("file") as string ?? "";
        return ExplorerFile.All.TryGetValue(name, out ExplorerFile? file)
            ? WriteAsync(context, file)
            : new ProblemAnswer(StatusCodes.Status404NotFound, $"There is nothing at {PrintableText.Of(context.Request.Path.Value ?? "")}.").ExecuteAsync(context);
    }

    private static async Task WriteAsync(HttpContext context, ExplorerFile file)
    {
        HttpResponse response = context.Response;
        SecurityHeaders.AddToExplorer(response);
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = file.Tag.ToString();
        if (file.Tag.IsKnown(context.Request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.MediaType;
        response.ContentLength = file.Content.Length;
        await response.Body.WriteAsync(file.Content, context.RequestAborted).ConfigureAwait(false);
    }
}
