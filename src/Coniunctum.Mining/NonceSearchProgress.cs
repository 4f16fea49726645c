namespace Coniunctum.Mining;

/// <summary>How far a <see cref="NonceSearch"/> has come.</summary>
/// <param name="Tried">Nonces tried in all its searches so far. Exact to a slice a thread.</param>
/// <param name="NoncesPerSecond">The hash rate since the report before, over all threads. Pauses between searches do not count.</param>
public readonly record struct NonceSearchProgress(long Tried, double NoncesPerSecond);
