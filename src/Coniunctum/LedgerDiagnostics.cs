using System.Diagnostics;
using System.Reflection;

namespace Coniunctum;

/// <summary>
/// The names under which a ledger can be watched: a meter and a source of activities, which OpenTelemetry and <c>dotnet-counters</c>
/// listen to. docs/OPERATING.md lists the instruments. Nothing is measured while no one listens.
/// </summary>
/// <remarks>Activities take their times from the system's clock, as the framework has it; the ledger never reads them back.</remarks>
public static class LedgerDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Coniunctum";

    /// <summary>The name of the source of activities: <c>coniunctum.submit</c> and <c>coniunctum.confirm</c>.</summary>
    public const string ActivitySourceName = "Coniunctum";

    internal static readonly string? Version =
        typeof(LedgerDiagnostics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static readonly ActivitySource s_activities = new(ActivitySourceName, Version);

    /// <summary>Begins an activity, or returns <c>null</c> where no one listens.</summary>
    internal static Activity? Start(string name) => s_activities.StartActivity(name);
}
