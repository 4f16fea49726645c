using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coniunctum.AspNetCore;

/// <summary>Maps ledgers.</summary>
/// <remarks>May change in any release.</remarks>
public static class LedgerEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a ledger: its API below <c>/api/v1</c>, and the explorer at <c>/</c>. Below a prefix, as for two ledgers in one app, it is mapped
    /// to a group: <c>app.MapGroup("/alpha").MapConiunctum(alpha)</c>.
    /// </summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="ledger">The ledger. Until it is started, and after it is stopped, requests are answered by 503.</param>
    /// <param name="configure">Changes the options; <c>null</c> for the defaults.</param>
    /// <returns>What takes conventions for all of its endpoints.</returns>
    /// <exception cref="ArgumentException">An option is outside of its range.</exception>
    public static IEndpointConventionBuilder MapConiunctum(this IEndpointRouteBuilder endpoints, LedgerHost ledger, Action<LedgerApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(ledger);
        return Map(endpoints, ledger, configure);
    }

    /// <summary>Maps the ledger that the app has as a keyed service of a name, as <c>AddConiunctum</c> of Coniunctum.Hosting adds it.</summary>
    /// <inheritdoc cref="MapConiunctum(IEndpointRouteBuilder, LedgerHost, Action{LedgerApiOptions})"/>
    /// <param name="endpoints">Where.</param>
    /// <param name="name">The service's key.</param>
    /// <param name="configure">Changes the options; <c>null</c> for the defaults.</param>
    /// <exception cref="InvalidOperationException">The app has no such service.</exception>
    public static IEndpointConventionBuilder MapConiunctum(this IEndpointRouteBuilder endpoints, string name, Action<LedgerApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(name);
        return Map(endpoints, endpoints.ServiceProvider.GetRequiredKeyedService<LedgerHost>(name), configure);
    }

    private static RouteGroupBuilder Map(IEndpointRouteBuilder endpoints, LedgerHost ledger, Action<LedgerApiOptions>? configure)
    {
        var options = new LedgerApiOptions();
        configure?.Invoke(options);
        options.ThrowIfImpossible();
        options.Time ??= endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        RouteGroupBuilder group = endpoints.MapGroup("");
        ApiEndpoints.Map(group, new ServedLedger(ledger, options));
        if (options.Explorer) ExplorerEndpoints.Map(group);
        return group;
    }
}
