using System.Text;
using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Hosting;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Wallet;
using Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A service with a ledger inside: the host makes it, starts it before the services that use it, and stops it behind them.
// Embedded [FOLDER]: where the key, the ledger and what is handed to others are kept.
string folder = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "coniunctum-embedded");
Directory.CreateDirectory(folder);

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(new CertificateFolder(folder));
builder.Services.AddSingleton(_ => OpenKey(folder));
builder.Services.AddConiunctum("certificates")
    .UseProfile(_ => Profiles.Development with { Name = "certificates", Applications = [new CertificateRegistry()] })
    .Configure((services, ledger) => ledger.UseStore(SqliteChainStore.Open(Path.Combine(folder, "certificates.db"))))
    .AddAuthority(services => services.GetRequiredService<PrivateKey>());
builder.Services.AddHostedService<CertificateService>();
await builder.Build().RunAsync();
return Environment.ExitCode;

// The key that seals the blocks, and issues the certificates, outlives the process. In earnest the password comes from a vault.
static PrivateKey OpenKey(string folder)
{
    byte[] password = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("CERTIFICATES_PASSWORD") ?? "only for trying it out");
    return KeyFile.OpenOrCreate(Path.Combine(folder, "certificates.key"), password, SystemEntropy.Instance);
}
