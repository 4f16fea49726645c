namespace Coniunctum.Crypto;

/// <summary>
/// A hash function with 32 bytes of output. Implementations are empty structs: given as a type parameter, the call is
/// bound at compile time and inlined.
/// </summary>
public interface IHashFunction
{
    /// <summary>
    /// The function's name in names of the protocol, such as <see cref="ISignatureScheme.Name"/>: lowercase ASCII without
    /// slashes, and never changed, because chains commit to it.
    /// </summary>
    static abstract string Name { get; }

    /// <summary>Hashes a message. Allocates nothing and is safe to call from several threads.</summary>
    /// <param name="data">The whole message, of any length.</param>
    static abstract Hash256 Hash(ReadOnlySpan<byte> data);
}
