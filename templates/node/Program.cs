using System.Text;
using Coniunctum;
using Coniunctum.AspNetCore;
using Coniunctum.Crypto;
using Coniunctum.Hosting;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// Nodes follow one chain when they have one genesis: the same name, rules and date. Whoever changes one of them begins another chain.
ChainProfile profile = Profiles.Standard with
{
    Name = "ConiunctumNode",
    AddressPrefix = "own",
    Genesis = new GenesisSpec { Timestamp = Timestamp.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) },
    Consensus = new ProofOfWork(Target.ForHashes(1 << 16), new Lwma(TimeSpan.FromSeconds(10))),
    BlockInterval = TimeSpan.FromSeconds(10),
};

string folder = builder.Configuration["Data"] ?? "data";
Directory.CreateDirectory(folder);
builder.Services.AddSingleton(_ => KeyFile.OpenOrCreate(Path.Combine(folder, "account.key"), Encoding.UTF8.GetBytes(builder.Configuration["Password"] ?? ""), SystemEntropy.Instance));
builder.Services.AddConiunctum("ledger")
    .UseProfile(_ => profile)
    .AddP2P(network => network.KeyFile ??= Path.Combine(folder, "node.key"))
    .Configure((services, ledger) => ledger
        .UseStore(SqliteChainStore.Open(Path.Combine(folder, "ledger.db")))
        .UseIndex(chain => SqliteChainIndex.Open(Path.Combine(folder, "ledger.index.db"), chain))
        .UseProofOfWork(profile.Signatures.AddressOf(services.GetRequiredService<PrivateKey>().PublicKey)));
builder.Services.AddHealthChecks().AddConiunctum("ledger");

// The explorer is at /, the API below /api/v1. Whom the node listens for and dials stands in appsettings.json.
WebApplication app = builder.Build();
app.MapConiunctum("ledger", options => options.AllowSubmit = true);
app.MapHealthChecks("/health");
await app.RunAsync();
