using Coniunctum.Client;
using Coniunctum.Crypto.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Coniunctum.AspNetCore;

/// <summary>What a request must be, whichever route it is for.</summary>
internal static class RequestRules
{
    /// <summary>Refuses a request that is not as its route is described.</summary>
    /// <exception cref="ApiProblemException">It has what the route does not take, or comes from elsewhere.</exception>
    public static void Check(HttpContext context, LedgerRoute route)
    {
        if (!route.IsRead)
        {
            RefuseOtherOrigins(context.Request);
            RefuseBody(context, route);
        }

        foreach (string field in context.Request.Query.Keys)
        {
            if (route.Query.Contains(field, StringComparer.OrdinalIgnoreCase)) continue;
            string expected = route.Query.Count == 0 ? "none" : string.Join(" or ", route.Query);
            throw Fields.Bad($"'{PrintableText.Of(field, 64)}' is no field of {route.Path}; expected {expected}.");
        }
    }

    /// <summary>
    /// A page of another site must not change anything in the name of whoever looks at it, where only they can reach this server, or
    /// their browser remembers a password. Such a server sets its allowed hosts too: a name that is rebound to it passes here.
    /// </summary>
    private static void RefuseOtherOrigins(HttpRequest request)
    {
        string own = $"{request.Scheme}://{request.Host}";
        if (request.Headers.Origin is [{ } origin] && !origin.Equals(own, StringComparison.OrdinalIgnoreCase))
            throw new ApiProblemException(StatusCodes.Status403Forbidden, "A page of another origin must not change anything here.");
    }

    /// <summary>Who sends a form's fields should not find them passed over.</summary>
    private static void RefuseBody(HttpContext context, LedgerRoute route)
    {
        bool takesOne = context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null;
        if (!takesOne && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
            throw Fields.Bad($"{route.Path} takes no body: its fields stand in the query.");
    }
}
