using System.Reflection;
using System.Text.Json;
using Coniunctum.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Coniunctum.AspNetCore;

/// <summary>An answer of the API.</summary>
/// <param name="model">The answer; <c>null</c> where whoever asks has it already.</param>
/// <param name="tag">Its tag; <c>null</c> for what changes all the time.</param>
/// <typeparam name="T">The answer.</typeparam>
internal sealed class JsonAnswer<T>(T? model, EntityTagHeaderValue? tag) : IResult, IEndpointMetadataProvider
    where T : class
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [JsonAnswers.MediaType]));
        ProblemAnswer.Describe(builder, StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        if (tag is not null)
        {
            response.Headers.CacheControl = "no-cache";
            response.Headers.ETag = tag.ToString();
        }

        if (model is null)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(model, LedgerJson.TypeOf<T>());
        response.ContentType = JsonAnswers.MediaType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
