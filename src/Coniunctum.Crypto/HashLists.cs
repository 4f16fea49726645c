namespace Coniunctum.Crypto;

/// <summary>What the implementations of <see cref="IHashFunction.HashMany"/> share.</summary>
internal static class HashLists
{
    /// <summary>Checks the lengths.</summary>
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    public static void RequireEqualLengths(ReadOnlySpan<byte> messages, int messageLength, ReadOnlySpan<Hash256> hashes)
    {
        if (messageLength < 0 || messages.Length != (long)messageLength * hashes.Length)
        {
            throw new ArgumentException(
                Invariant($"{hashes.Length} messages of {messageLength} bytes do not take {messages.Length} bytes."), nameof(messages));
        }
    }
}
