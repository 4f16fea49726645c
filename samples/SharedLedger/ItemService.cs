using System.Text;
using System.Text.Json.Serialization;
using Coniunctum.AspNetCore;
using Coniunctum.Hosting;

namespace SharedLedger;

/// <summary>One member's service: it registers items under its own key, shows everyone's, and serves an explorer.</summary>
internal sealed class ItemService(ILedger ledger, PrivateKey key)
{
    private const int MaxNameBytes = 64;
    private const int MaxDescriptionBytes = 256;

    public static WebApplication Create(Consortium consortium, int member, string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(_ => consortium.OpenKey(member));
        builder.Services.AddSingleton<ItemService>();
        builder.Services.AddConiunctum("items")
            .UseProfile(_ => consortium.ReadProfile())
            .Configure((services, ledger) => consortium.Join(member, services.GetRequiredService<PrivateKey>(), ledger));
        builder.Services.AddHealthChecks().AddConiunctum("items");
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ItemJson.Default));
        WebApplication app = builder.Build();
        app.MapConiunctum("items");
        app.MapHealthChecks("/health");
        app.MapGet("/items", (ItemService items) => items.Count());
        app.MapGet("/items/{name}", (string name, ItemService items) => items.Find(name));
        app.MapPost("/items/{name}", (string name, HttpRequest request, ItemService items, CancellationToken stop) => items.RegisterAsync(name, request, stop));
        app.MapPost("/items/{name}/owner", (string name, HttpRequest request, ItemService items, CancellationToken stop) => items.HandOnAsync(name, request, stop));
        return app;
    }

    private IResult Count() => Results.Ok(new ItemCount(TokenSupply.Decode(ledger.EntryOf(Consortium.Items.Id, UniqueTokens.SupplyKey))!.Value.Existing));

    private IResult Find(string name) =>
        UniqueToken.Decode(ledger.EntryOf(Consortium.Items.Id, UniqueTokens.KeyOf(TokenOf(name)))) is { } item
            ? Results.Ok(new Item(name, item.Owner.ToString(), Encoding.UTF8.GetString(item.Data.Span)))
            : Results.NotFound();

    private async Task<IResult> RegisterAsync(string name, HttpRequest request, CancellationToken stop)
    {
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes) return Results.BadRequest($"a name of more than {MaxNameBytes} bytes");
        if (await ReadAsync(request, stop) is not { } description) return Results.BadRequest($"a description of more than {MaxDescriptionBytes} bytes");
        Address own = ledger.Context.Profile.Signatures.AddressOf(key.PublicKey);
        return await CallAsync(name, UniqueTokenCalls.Issue(TokenOf(name), own, description), stop);
    }

    private async Task<IResult> HandOnAsync(string name, HttpRequest request, CancellationToken stop) =>
        await ReadAsync(request, stop) is { } text && Address.TryParse(Encoding.UTF8.GetString(text), out Address heir)
            ? await CallAsync(name, UniqueTokenCalls.Transfer(TokenOf(name), heir), stop)
            : Results.BadRequest("expected an address of 64 hexadecimal digits");

    /// <summary>Answers once a block has the call, which is final then.</summary>
    private async Task<IResult> CallAsync(string name, byte[] data, CancellationToken stop)
    {
        try
        {
            Transaction call = Transfer.SignCall(key, Consortium.Items.Id, data, ledger.Context, fee: 1);
            Confirmation confirmation = await ledger.SubmitAndConfirmAsync(call, cancellation: stop);
            return confirmation.Refusal is { } refusal ? Results.Conflict(refusal) : Find(name);
        }
        catch (TransactionRejectedException rejected)
        {
            return Results.Text(rejected.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>Returns a body; <c>null</c> when it is too long.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        byte[] body = new byte[MaxDescriptionBytes + 1];
        int length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, stop);
        return length > MaxDescriptionBytes ? null : body[..length];
    }

    private static Hash256 TokenOf(string name) => Sha3_256.Hash(Encoding.UTF8.GetBytes(name));
}

/// <summary>An item, as the service shows it.</summary>
internal sealed record Item(string Name, string Owner, string Description);

/// <summary>How many items there are.</summary>
internal sealed record ItemCount(ulong Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(ItemCount))]
[JsonSerializable(typeof(string))]
internal sealed partial class ItemJson : JsonSerializerContext;
