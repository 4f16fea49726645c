using Coniunctum.Client;

namespace Coniunctum.AspNetCore;

/// <summary>How a ledger is served.</summary>
/// <remarks>May change in any release.</remarks>
public sealed class LedgerApiOptions
{
    /// <summary>Whether transactions may be submitted. Default: <c>false</c>; requests then only read.</summary>
    public bool AllowSubmit { get; set; }

    /// <summary>Whether the explorer is served at the root of where the ledger is mapped. Default: <c>true</c>.</summary>
    public bool Explorer { get; set; } = true;

    /// <summary>What the program says of itself by the route <c>status</c>. Default: that it is a node.</summary>
    public LedgerProgram Program { get; set; } = new();

    /// <summary>Routes of the program's own, beside the ledger's. Default: none.</summary>
    public IList<ProgramRoute> Routes { get; } = [];

    /// <summary>The clock by which events are kept alive and slow bodies given up; <c>null</c>, the default, for the app's own <see cref="TimeProvider"/> service, or the system's clock.</summary>
    public TimeProvider? Time { get; set; }

    /// <summary>After how long without an event a comment is sent, so that no one on the way takes the connection for dead. Default: 15 s.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the body of a request may take to arrive. Default: 10 s.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many streams of events are served at once. Default: 1,000; whoever comes after is told to come again.</summary>
    public int MaxEventStreams { get; set; } = 1_000;

    internal void ThrowIfImpossible()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Heartbeat, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BodyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxEventStreams);
        if (Program is null) throw new ArgumentException($"{nameof(Program)} must not be null.");
        IGrouping<string, LedgerRoute>? twice = LedgerRoutes.All.Concat(Routes.Select(own => own.Route))
            .GroupBy(route => $"{route.Method} {route.Path}", StringComparer.Ordinal)
            .FirstOrDefault(same => same.Skip(1).Any());
        if (twice is not null) throw new ArgumentException($"{nameof(Routes)} must not have {twice.Key}, which is there already.");
    }
}
