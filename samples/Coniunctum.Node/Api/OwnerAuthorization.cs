using System.Net;
using Coniunctum.Client;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Api;

/// <summary>At a port everyone may ask; who wants to change something must be on this machine, and show the owner's cookie.</summary>
/// <param name="cookie">The cookie; <c>null</c> where there is none, so that nothing can be changed.</param>
internal sealed class OwnerAuthorization(ApiCookie? cookie)
{
    /// <summary>Lets a request pass, or refuses it.</summary>
    /// <exception cref="ApiProblemException">It would change something, and is not the owner's.</exception>
    public Task PassAsync(HttpContext context, RequestDelegate next)
    {
        // What is no route of either list is refused behind this, by 404 or 405.
        if (context.GetEndpoint()?.Metadata.GetMetadata<LedgerRoute>() is { IsRead: false }) Check(context);
        return next(context);
    }

    private void Check(HttpContext context)
    {
        if (cookie is null) throw new ApiProblemException(StatusCodes.Status403Forbidden, "Nothing can be changed here: there is no folder of the owner's alone for a cookie.");
        if (context.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from))
            throw new ApiProblemException(StatusCodes.Status403Forbidden, "Only programs on the node's own machine may change anything.");
        if (cookie.IsShownBy(context.Request.Headers.Authorization)) return;
        // Not Basic, though it is taken: a browser would ask for a password, and remember it for every page.
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiProblemException(
            StatusCodes.Status401Unauthorized,
            context.Request.Headers.Authorization.Count == 0
                ? "Only the owner may change anything: expected the secret of the file 'cookie' beside the node's socket, as 'Authorization: Bearer SECRET'."
                : "The secret is not that of the file 'cookie' beside the node's socket: it is another one after each start.");
    }
}
