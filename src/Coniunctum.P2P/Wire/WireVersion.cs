namespace Coniunctum.P2P.Wire;

/// <summary>The version of what is said on the wire. Another major ends the connection; a newer minor only adds kinds of messages.</summary>
internal static class WireVersion
{
    public const ushort Major = 1;
    public const ushort Minor = 0;
}
