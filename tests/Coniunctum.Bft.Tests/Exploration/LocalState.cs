namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>
/// One validator as the exploration sees it: what it must not forget, and what it has said. What it has heard is not part of
/// it: whatever was said can be heard again.
/// </summary>
/// <param name="Height">The height that it works on.</param>
/// <param name="Control">Where it stands there.</param>
/// <param name="Said">What it has said at all heights, as bits.</param>
/// <param name="First">Which block it decided at the first height, or −1.</param>
/// <param name="Last">Which block it decided at the last height, or −1.</param>
internal readonly record struct LocalState(int Height, RoundState Control, UInt128 Said, int First, int Last);
