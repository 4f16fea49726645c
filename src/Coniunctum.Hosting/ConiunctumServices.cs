using System.Diagnostics.Metrics;
using Coniunctum.Crypto;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coniunctum.Hosting;

/// <summary>Adds ledgers to the services of a host, which makes, starts, stops and disposes them.</summary>
/// <example>
/// <code>
/// builder.Services.AddConiunctum("orders")
///     .Configure((services, ledger) => ledger.UseStore(SqliteChainStore.Open("orders.db")))
///     .AddAuthority(services => services.GetRequiredService&lt;PrivateKey&gt;());
/// </code>
/// </example>
public static class ConiunctumServices
{
    /// <summary>What every section of a ledger stands in: the ledger <c>orders</c> has <c>Coniunctum:orders</c>.</summary>
    public const string Section = "Coniunctum";

    /// <summary>
    /// Adds a ledger. <see cref="LedgerHost"/> and <see cref="ILedger"/> are services under its name as key, and, of the first that is
    /// added, without one. Its options are <see cref="LedgerOptions"/> of its name, bound to its section, and checked when the host starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">Its name.</param>
    /// <param name="configure">Sets options behind the configuration.</param>
    /// <exception cref="ArgumentException">A ledger of that name was added before.</exception>
    public static IConiunctumBuilder AddConiunctum(this IServiceCollection services, string name, Action<LedgerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (services.Any(service => service.ServiceType == typeof(LedgerHost) && Equals(service.ServiceKey, name)))
            throw new ArgumentException($"A ledger '{name}' was added before; each has a name of its own.", nameof(name));
        var builder = new ConiunctumBuilder(name, services);
        OptionsBuilder<LedgerOptions> options = services.AddOptions<LedgerOptions>(name).BindConfiguration($"{Section}:{name}");
        if (configure is not null) options.Configure(configure);
        services.AddSingleton<IValidateOptions<LedgerOptions>>(new OptionFaults<LedgerOptions>(name, $"{Section}:{name}", options => options.Validate()));
        options.ValidateOnStart();

        services.AddKeyedSingleton(name, (provider, _) => Make(provider, builder));
        services.AddKeyedSingleton<ILedger>(name, (provider, _) => provider.GetRequiredKeyedService<LedgerHost>(name));
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<LedgerHost>(name));
        services.TryAddSingleton<ILedger>(provider => provider.GetRequiredKeyedService<LedgerHost>(name));
        services.AddSingleton<IHostedService>(provider => new LedgerService(
            () => provider.GetRequiredKeyedService<LedgerHost>(name), provider.GetService<ILoggerFactory>()?.CreateLogger($"{nameof(Coniunctum)}.{name}")));
        return builder;
    }

    /// <summary>Lets one key make all blocks, on demand.</summary>
    /// <param name="builder">The ledger.</param>
    /// <param name="key">Gives the key. Whoever made it disposes it, behind the ledger.</param>
    public static IConiunctumBuilder AddAuthority(this IConiunctumBuilder builder, Func<IServiceProvider, PrivateKey> key)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(key);
        return builder.Configure((services, ledger) => ledger.UseAuthority(key(services)));
    }

    /// <summary>Mines, under a profile whose rule is proof-of-work. The settings are bound to the section <c>Mining</c> of the ledger's own.</summary>
    /// <param name="builder">The ledger.</param>
    /// <param name="configure">Sets them behind the configuration.</param>
    public static IConiunctumBuilder AddMining(this IConiunctumBuilder builder, Action<MiningSettings>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string section = $"{Section}:{builder.Name}:Mining";
        OptionsBuilder<MiningSettings> options = builder.Services.AddOptions<MiningSettings>(builder.Name).BindConfiguration(section);
        if (configure is not null) options.Configure(configure);
        builder.Services.AddSingleton<IValidateOptions<MiningSettings>>(new OptionFaults<MiningSettings>(builder.Name, section, settings => settings.Validate()));
        options.ValidateOnStart();
        return builder.Configure((services, ledger) =>
        {
            MiningSettings settings = services.GetRequiredService<IOptionsMonitor<MiningSettings>>().Get(builder.Name);
            ledger.UseProofOfWork(settings.ReadReward(ledger.Profile.AddressPrefix), settings.Threads, settings.ToOptions());
        });
    }

    /// <summary>Connects the ledger with others of its chain. The options are <see cref="LedgerOptions.Network"/>, the section <c>Network</c> of the ledger's own.</summary>
    /// <param name="builder">The ledger.</param>
    /// <param name="configure">Sets them behind the configuration.</param>
    public static IConiunctumBuilder AddP2P(this IConiunctumBuilder builder, Action<NetworkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<LedgerOptions>(builder.Name).Configure(options =>
        {
            options.Network ??= new NetworkOptions();
            configure?.Invoke(options.Network);
        });
        return builder;
    }

    private static LedgerHost Make(IServiceProvider services, ConiunctumBuilder builder)
    {
        LedgerOptions options = services.GetRequiredService<IOptionsMonitor<LedgerOptions>>().Get(builder.Name);
        LedgerBuilder ledger = builder.Profile is { } profile ? LedgerBuilder.For(profile(services), options) : LedgerBuilder.For(options);
        if (services.GetService<TimeProvider>() is { } time) ledger.UseTime(time);
        if (services.GetService<IMeterFactory>() is { } meters) ledger.UseMeters(meters);
        builder.Apply(services, ledger);
        return ledger.Build();
    }
}
