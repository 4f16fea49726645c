using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coniunctum.AspNetCore;

/// <summary>Transactions that are submitted.</summary>
internal sealed class Submissions(ServedLedger served)
{
    public const string MediaType = "application/octet-stream";

    /// <summary>Gives the pool a transaction in its canonical encoding.</summary>
    public async Task<JsonAnswer<SubmittedModel>> SubmitAsync(HttpContext context)
    {
        LedgerHost ledger = served.Running;
        ReadOnlyMemory<byte> encoded = await ReadAsync(context, ledger.Profile.Limits.MaxTransactionBytes).ConfigureAwait(false);
        var reader = new CanonicalReader(encoded);
        Transaction transaction = ledger.Profile.Format.Codec.ReadTransaction(ref reader, 0, ledger.Profile.Limits);
        DecodeOutcome outcome = reader.End();
        if (!outcome.IsValid) throw Fields.Bad($"The body is no transaction: {outcome.Message}");
        TransactionId id = ledger.Profile.Format.SigningDigest(transaction, ledger.ChainId);
        Admission admission = await ledger.SubmitAsync(transaction, context.RequestAborted).ConfigureAwait(false);
        // Sent twice, as after an answer that was lost, it is there all the same.
        bool isThere = admission.IsValid || admission.IsWaiting || admission.Rule == PoolRule.AlreadyKnown;
        return JsonAnswers.Of(new SubmittedModel(id.ToString(), isThere, admission.IsWaiting, admission.RuleName, admission.Message));
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most) throw TooLong(most);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = most;
        // The server gives no more than the request says; where it says nothing, one byte more shows that there are too many.
        byte[] body = new byte[context.Request.ContentLength ?? most + 1];
        using var late = new CancellationTokenSource(served.Options.BodyTimeout, served.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            int length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, linked.Token).ConfigureAwait(false);
            return length > most ? throw TooLong(most) : body.AsMemory(0, length);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLong(most);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // No fault of the store, for which it would be taken.
            throw new ApiProblemException(StatusCodes.Status400BadRequest, "The body broke off.");
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiProblemException(StatusCodes.Status408RequestTimeout, Invariant($"The body has not come within {served.Options.BodyTimeout.TotalSeconds} s."));
        }
    }

    private static ApiProblemException TooLong(int most) =>
        new(StatusCodes.Status413PayloadTooLarge, Invariant($"The body is too long: a transaction of this chain has {most} bytes at most."));
}
