using System.Collections.Immutable;

namespace Coniunctum;

/// <summary>A ledger's network at one moment.</summary>
/// <param name="Peers">The connections.</param>
/// <param name="Failures">What was dialled and is not connected, and why.</param>
/// <param name="IsSynchronizing">Whether the ledger is being brought up to another node's chain.</param>
/// <param name="IsSynchronized">Whether it has all that the nodes it is connected to have claimed; <c>false</c> while it is connected to none.</param>
/// <param name="LastFailure">Why the last synchronisation that came to nothing did, or <c>null</c>.</param>
/// <param name="InternalErrors">How often the code that speaks with other nodes has failed: a bug, which is worth a report. The ledger goes on; connections were closed.</param>
/// <param name="LastInternalError">How it failed last, or <c>null</c>.</param>
/// <remarks>May change in any release.</remarks>
public sealed record NetworkStatus(
    ImmutableArray<NetworkPeer> Peers, ImmutableArray<NetworkFailure> Failures, bool IsSynchronizing, bool IsSynchronized, string? LastFailure,
    long InternalErrors, string? LastInternalError);
