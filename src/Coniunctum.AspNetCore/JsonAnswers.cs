using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Coniunctum.AspNetCore;

/// <summary>Makes answers.</summary>
internal static class JsonAnswers
{
    public const string MediaType = "application/json";

    /// <summary>An answer that changes all the time.</summary>
    public static JsonAnswer<T> Of<T>(T model)
        where T : class => new(model, null);

    /// <summary>An answer that whoever asks may have already.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tag">The answer's tag.</param>
    /// <param name="make">Makes it, unless it is known.</param>
    public static JsonAnswer<T> UnlessKnown<T>(HttpRequest request, EntityTagHeaderValue tag, Func<T> make)
        where T : class => new(tag.IsKnown(request) ? null : make(), tag);
}
