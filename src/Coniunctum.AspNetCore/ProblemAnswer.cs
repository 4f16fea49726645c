using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>Why a request is not answered.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="title">What was wrong, and what was expected.</param>
internal sealed class ProblemAnswer(int status, string title) : IResult
{
    private const string MediaType = "application/problem+json";

    /// <summary>Returns what an exception means to whoever asks; <c>null</c> where it is a fault of the server, or the asker has left.</summary>
    public static ProblemAnswer? Of(Exception exception) => exception switch
    {
        ApiProblemException problem => new ProblemAnswer(problem.Status, problem.Message),
        BadHttpRequestException bad => new ProblemAnswer(bad.StatusCode, bad.Message),
        LedgerHaltedException halted => new ProblemAnswer(StatusCodes.Status503ServiceUnavailable, halted.Message),
        ObjectDisposedException => new ProblemAnswer(StatusCodes.Status503ServiceUnavailable, "The ledger has been stopped."),
        IOException or InvalidDataException => new ProblemAnswer(StatusCodes.Status500InternalServerError, "The ledger's store cannot be read."),
        _ => null,
    };

    /// <summary>Says of an endpoint that it may answer so.</summary>
    public static void Describe(EndpointBuilder builder, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses) builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemModel), [MediaType]));
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        SecurityHeaders.AddToData(response);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new ProblemModel(title, status), LedgerJson.TypeOf<ProblemModel>());
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.ContentType = MediaType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
