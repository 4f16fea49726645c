using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire;

/// <summary>
/// One message: immutable, encoded as one array in the canonical profile. Byte strings inside of it are parts of the bytes that it
/// was read from, which must stay unchanged as long as it lives.
/// </summary>
internal abstract record WireMessage
{
    /// <summary>Its kind.</summary>
    public abstract MessageKind Kind { get; }

    /// <summary>How many things a request asks for, or an answer gives or says are missing.</summary>
    public virtual int Units => 1;

    /// <summary>Writes the encoding.</summary>
    /// <param name="writer">Receives it.</param>
    /// <param name="limits">Those of the ledger that the channel carries.</param>
    public abstract void Write(ref CanonicalWriter writer, WireLimits limits);
}
