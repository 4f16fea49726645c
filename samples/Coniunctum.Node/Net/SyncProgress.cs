namespace Coniunctum.Node.Net;

/// <summary>How far a synchronisation has come.</summary>
/// <param name="Height">The height that is here.</param>
/// <param name="Target">The greatest height that a peer has claimed.</param>
/// <param name="BlocksPerSecond">How fast it goes.</param>
/// <param name="Left">How long it takes at that rate; <c>null</c> before there is one.</param>
internal readonly record struct SyncProgress(ulong Height, ulong Target, double BlocksPerSecond, TimeSpan? Left)
{
    public override string ToString() => Invariant($"synchronising: height {Height} of {Target}, {BlocksPerSecond:0} blocks/s{(Left is { } left ? Invariant($", {left:h\\:mm\\:ss} left") : "")}");
}
