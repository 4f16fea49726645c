using Coniunctum.AspNetCore;
using Coniunctum.Crypto;
using Coniunctum.Hosting;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(_ => PrivateKey.Generate(SystemEntropy.Instance));
builder.Services.AddConiunctum("shop").AddAuthority(services => services.GetRequiredService<PrivateKey>());
builder.Services.AddHealthChecks().AddConiunctum("shop");
builder.Services.AddOpenApi();
WebApplication app = builder.Build();
app.MapConiunctum("shop", options => options.AllowSubmit = true);
app.MapHealthChecks("/health");
app.MapOpenApi();
await app.RunAsync();
