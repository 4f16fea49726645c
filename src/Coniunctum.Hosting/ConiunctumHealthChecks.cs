using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Coniunctum.Hosting;

/// <summary>Adds checks of a ledger's health.</summary>
public static class ConiunctumHealthChecks
{
    /// <summary>Adds a check that fails once the ledger has halted, and is degraded where it lacks what the options ask for.</summary>
    /// <param name="builder">The checks.</param>
    /// <param name="ledger">The ledger's name, as it was given to <see cref="ConiunctumServices.AddConiunctum"/>; the check has it too.</param>
    /// <param name="configure">Says what a healthy ledger has.</param>
    /// <param name="tags">The check's tags.</param>
    public static IHealthChecksBuilder AddConiunctum(
        this IHealthChecksBuilder builder, string ledger, Action<LedgerHealthOptions>? configure = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(ledger);
        var options = new LedgerHealthOptions();
        configure?.Invoke(options);
        return builder.Add(new HealthCheckRegistration(
            ledger,
            services => new LedgerHealthCheck(services.GetRequiredKeyedService<LedgerHost>(ledger), options, services.GetService<TimeProvider>() ?? TimeProvider.System),
            HealthStatus.Unhealthy,
            tags));
    }
}
