using Coniunctum.Client;
using Coniunctum.Crypto.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Coniunctum.AspNetCore;

/// <summary>The routes of the API, as endpoints.</summary>
internal static class ApiEndpoints
{
    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];

    // A HEAD of a stream would wait for an end that never comes.
    private static readonly string[] s_stream = [HttpMethods.Get];

    /// <summary>Maps all of them.</summary>
    public static void Map(RouteGroupBuilder group, ServedLedger served)
    {
        RouteGroupBuilder api = group.MapGroup(LedgerRoutes.Root);
        RouteGroupBuilder answers = api.MapGroup("");
        answers.AddEndpointFilter(AnswerAsync);
        MapLedger(answers, served);
        MapChain(answers, new ChainQueries(served));
        MapTransactions(answers, new TransactionQueries(served), served.Options.AllowSubmit ? new Submissions(served) : null);
        MapState(answers, new StateQueries(served));
        foreach (ProgramRoute own in served.Options.Routes) MapOwn(answers, own);
        MapOthers(api, served.Options);
    }

    private static void MapLedger(RouteGroupBuilder api, ServedLedger served)
    {
        var status = new StatusQueries(served);
        var events = new ChangeStreams(served);
        api.MapMethods(LedgerRoutes.Status.Path, s_read, () => status.Status()).Describe(LedgerRoutes.Status);
        api.MapMethods(LedgerRoutes.Profile.Path, s_read, (HttpRequest request) => status.Profile(request)).Describe(LedgerRoutes.Profile);
        api.MapMethods(LedgerRoutes.Peers.Path, s_read, () => status.Peers()).Describe(LedgerRoutes.Peers);
        api.MapMethods(LedgerRoutes.Events.Path, s_stream, (HttpContext context, string? after) => events.OpenAsync(context, after)).Describe(LedgerRoutes.Events);
    }

    private static void MapChain(RouteGroupBuilder api, ChainQueries chain)
    {
        api.MapMethods(LedgerRoutes.Blocks.Path, s_read, (string? to, string? count) => chain.Blocks(to, count)).Describe(LedgerRoutes.Blocks);
        api.MapMethods(LedgerRoutes.Block.Path, s_read, (HttpRequest request, string block) => chain.Block(request, block)).Describe(LedgerRoutes.Block);
        api.MapMethods(LedgerRoutes.Headers.Path, s_read, (string? from, string? count) => chain.Headers(from, count)).Describe(LedgerRoutes.Headers);
        api.MapMethods(LedgerRoutes.Forks.Path, s_read, () => chain.Forks()).Describe(LedgerRoutes.Forks);
    }

    private static void MapTransactions(RouteGroupBuilder api, TransactionQueries transactions, Submissions? submissions)
    {
        api.MapMethods(LedgerRoutes.Pool.Path, s_read, (string? limit) => transactions.Pool(limit)).Describe(LedgerRoutes.Pool);
        api.MapMethods(LedgerRoutes.Transaction.Path, s_read, (string id) => transactions.Transaction(id)).Describe(LedgerRoutes.Transaction);
        api.MapMethods(LedgerRoutes.TransactionProof.Path, s_read, (string id) => transactions.Proof(id)).Describe(LedgerRoutes.TransactionProof);
        api.MapMethods(LedgerRoutes.TransactionReceipt.Path, s_read, (string id) => transactions.Receipt(id)).Describe(LedgerRoutes.TransactionReceipt);
        if (submissions is null) return;
        api.MapPost(LedgerRoutes.Submit.Path, (HttpRequest request) => submissions.SubmitAsync(request.HttpContext))
            .Describe(LedgerRoutes.Submit)
            .WithMetadata(new AcceptsMetadata([Submissions.MediaType], typeof(Stream)));
    }

    private static void MapState(RouteGroupBuilder api, StateQueries state)
    {
        api.MapMethods(LedgerRoutes.Address.Path, s_read, (string address) => state.Address(address)).Describe(LedgerRoutes.Address);
        api.MapMethods(LedgerRoutes.History.Path, s_read, (string address, string? limit, string? after) => state.History(address, limit, after)).Describe(LedgerRoutes.History);
        api.MapMethods(LedgerRoutes.AddressProof.Path, s_read, (string address) => state.AddressProof(address)).Describe(LedgerRoutes.AddressProof);
        api.MapMethods(LedgerRoutes.Entry.Path, s_read, (string application, string key) => state.Entry(application, key)).Describe(LedgerRoutes.Entry);
        api.MapMethods(LedgerRoutes.EntryProof.Path, s_read, (string application, string key) => state.EntryProof(application, key)).Describe(LedgerRoutes.EntryProof);
    }

    private static void MapOwn(RouteGroupBuilder api, ProgramRoute own)
    {
        RouteHandlerBuilder endpoint = own.Map(api).WithMetadata(own.Route).WithSummary(own.Route.Summary);
        endpoint.Add(builder => ProblemAnswer.Describe(builder, StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable));
    }

    /// <summary>Other methods, bodies of other types, and what is no route.</summary>
    private static void MapOthers(RouteGroupBuilder api, LedgerApiOptions options)
    {
        foreach (IGrouping<string, LedgerRoute> path in LedgerRoutes.All.Concat(options.Routes.Select(own => own.Route)).GroupBy(route => route.Path, StringComparer.Ordinal))
        {
            bool isSubmit = path.Contains(LedgerRoutes.Submit);
            string[] allowed = [.. path.SelectMany(MethodsOf).Distinct(StringComparer.Ordinal)];
            api.Map(path.Key, (RequestDelegate)(context => RefuseMethod(context, allowed, isSubmit, options.AllowSubmit).ExecuteAsync(context))).ExcludeFromDescription();
        }

        api.MapFallback("{**path}", (RequestDelegate)(context => new ProblemAnswer(
            StatusCodes.Status404NotFound, $"There is nothing at {PrintableText.Of(context.Request.Path.Value ?? "")}.").ExecuteAsync(context))).ExcludeFromDescription();
    }

    private static string[] MethodsOf(LedgerRoute route) => route == LedgerRoutes.Events ? s_stream : route.IsRead ? s_read : [route.Method];

    private static ProblemAnswer RefuseMethod(HttpContext context, string[] allowed, bool isSubmit, bool allowsSubmit)
    {
        if (isSubmit && HttpMethods.IsPost(context.Request.Method))
        {
            return allowsSubmit
                ? new ProblemAnswer(StatusCodes.Status415UnsupportedMediaType, $"Expected a transaction's canonical encoding as {Submissions.MediaType}.")
                : new ProblemAnswer(StatusCodes.Status403Forbidden, "No transactions are taken here: this server only answers.");
        }

        context.Response.Headers.Allow = string.Join(", ", allowed);
        return new ProblemAnswer(
            StatusCodes.Status405MethodNotAllowed, $"{PrintableText.Of(context.Request.Method, 16)} is not what {PrintableText.Of(context.Request.Path.Value ?? "")} takes; expected {string.Join(" or ", allowed)}.");
    }

    private static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<LedgerRoute>() is { } route) RequestRules.Check(context.HttpContext, route);
            SecurityHeaders.AddToData(context.HttpContext.Response);
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return await next(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (ProblemAnswer.Of(exception) is { } problem)
        {
            if (ApiLog.IsStoreFault(exception)) ApiLog.StoreFault(context.HttpContext, exception);
            return problem;
        }
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, LedgerRoute route) => endpoint.WithMetadata(route).WithSummary(route.Summary).WithTags("ledger");
}
