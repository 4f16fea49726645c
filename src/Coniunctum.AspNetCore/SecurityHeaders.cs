using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>What every answer says to browsers.</summary>
internal static class SecurityHeaders
{
    /// <summary>An answer of the API is data: nothing of it is shown or run as a page, by whatever means it was asked for.</summary>
    private const string OfData = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>The explorer takes scripts, styles and data from where it came from, and nothing from elsewhere.</summary>
    private const string OfExplorer =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void AddToData(HttpResponse response) => Add(response, OfData);

    public static void AddToExplorer(HttpResponse response) => Add(response, OfExplorer);

    private static void Add(HttpResponse response, string policy)
    {
        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
