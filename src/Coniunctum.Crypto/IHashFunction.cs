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

    /// <summary>
    /// Hashes independent messages of equal length, several at once where the processor can. Allocates nothing and is safe to
    /// call from several threads.
    /// </summary>
    /// <param name="messages">The messages, one after the other.</param>
    /// <param name="messageLength">The length of each message in bytes.</param>
    /// <param name="hashes">
    /// Receives the hashes, one for each message. It may begin where <paramref name="messages"/> begins if the messages have
    /// 32 bytes or more; otherwise they must not overlap.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="messages"/> is not as long as the number of <paramref name="hashes"/> times <paramref name="messageLength"/>.
    /// </exception>
    static abstract void HashMany(ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes);
}
