using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Headers;

/// <summary>How a chain's headers are read from untrusted bytes and shown to people. Implementations hold no state.</summary>
public interface IHeaderFormat
{
    /// <summary>The length of the longest header in bytes.</summary>
    int MaxHeaderBytes { get; }

    /// <summary>Reads headers that follow each other, hashing several at once where the processor can.</summary>
    /// <param name="encodings">The headers' bytes, one behind the other.</param>
    /// <param name="lengths">The length of each.</param>
    /// <param name="firstHeight">The height of the first, where headers do not carry theirs.</param>
    /// <param name="readings">Receives what was read; as many as there are lengths.</param>
    void ReadAll(ReadOnlySpan<byte> encodings, ReadOnlySpan<int> lengths, ulong firstHeight, Span<HeaderReading> readings);

    /// <summary>Returns an identity as people write it on this kind of chain.</summary>
    /// <param name="id">The identity.</param>
    string Show(BlockId id);
}
