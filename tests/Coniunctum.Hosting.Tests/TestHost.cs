using Coniunctum.Crypto;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coniunctum.Hosting.Tests;

/// <summary>Hosts with nothing but what a test puts into them.</summary>
internal static class TestHost
{
    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    public static HostApplicationBuilder Create(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton(_ => PrivateKey.Generate(SystemEntropy.Instance));
        return builder;
    }

    /// <summary>Adds a ledger whose blocks are sealed by the host's key.</summary>
    public static IConiunctumBuilder AddSealed(this IServiceCollection services, string name, Action<LedgerOptions>? configure = null) =>
        services.AddConiunctum(name, configure).AddAuthority(provider => provider.GetRequiredService<PrivateKey>());

    /// <summary>Waits with a safety net: no test passes or fails by its length.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(s_net);

    public static Task Soon(this Task task) => task.WaitAsync(s_net);

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var net = new CancellationTokenSource(s_net);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(2), net.Token);
    }

    /// <summary>Keeps what is logged.</summary>
    internal sealed class Log : ILoggerProvider
    {
        private readonly List<(int Event, LogLevel Level, string Text)> _lines = [];
        private string? _category;

        public (int Event, LogLevel Level, string Text)[] Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName)
        {
            if (categoryName.StartsWith("Coniunctum.", StringComparison.Ordinal)) _category = categoryName;
            return new Of(this, categoryName);
        }

        public string? Category => _category;

        public void Dispose()
        {
            // The lines are read behind the host's end.
        }

        private void Add(int id, LogLevel level, string text)
        {
            lock (_lines) _lines.Add((id, level, text));
        }

        private sealed class Of(Log log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => category.StartsWith("Coniunctum.", StringComparison.Ordinal);

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel)) log.Add(eventId.Id, logLevel, formatter(state, exception));
            }
        }
    }
}
