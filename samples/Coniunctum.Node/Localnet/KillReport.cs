namespace Coniunctum.Node.Localnet;

/// <summary>One node that was killed, and how it came back.</summary>
/// <param name="Node">Its number.</param>
/// <param name="Height">The network's height when it was killed.</param>
/// <param name="BlocksMeanwhile">By how much the network has grown until the node's process was started again.</param>
/// <param name="SecondsDown">How long that was.</param>
/// <param name="SecondsToStart">From the start of its process until it answered.</param>
/// <param name="SecondsToSynchronize">From the start of its process until it had the others' chain; <c>null</c> where the run ended before.</param>
/// <param name="SecondsToProduce">From the start of its process until it took part in making blocks again, where it does; <c>null</c> where the run ended before.</param>
internal sealed record KillReport(
    int Node, ulong Height, ulong BlocksMeanwhile, double SecondsDown, double SecondsToStart, double? SecondsToSynchronize, double? SecondsToProduce);
