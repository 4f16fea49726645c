using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Internal;

/// <summary>The canonical encoding of a chain's parameters: an array of [name, value] pairs, in order.</summary>
public static class ParameterCodec
{
    private const int MaxParameters = 10_000;
    private const int MaxTextBytes = 4_096;

    /// <summary>Encodes parameters; it is this that genesis commits to.</summary>
    /// <param name="parameters">The parameters in their order.</param>
    public static byte[] Encode(IEnumerable<Parameter> parameters)
    {
        Parameter[] all = [.. parameters];
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(all.Length);
        foreach (Parameter parameter in all)
        {
            writer.WriteArrayHeader(2);
            writer.WriteString(parameter.Name);
            parameter.Value.WriteTo(ref writer);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Decodes parameters.</summary>
    /// <param name="encoded">What <see cref="Encode"/> made.</param>
    /// <param name="parameters">The parameters; empty when there is a fault.</param>
    /// <returns>What is wrong, or that nothing is.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, out ImmutableArray<Parameter> parameters)
    {
        var reader = new CanonicalReader(encoded);
        ImmutableArray<Parameter>.Builder found = ImmutableArray.CreateBuilder<Parameter>();
        for (int left = reader.ReadListHeader(MaxParameters); left > 0 && !reader.IsFaulted; left--)
        {
            reader.ReadArrayHeader(2);
            string name = reader.ReadString(MaxTextBytes);
            found.Add(new Parameter(name, ReadValue(ref reader)));
        }

        DecodeOutcome outcome = reader.End();
        parameters = reader.IsFaulted ? [] : found.ToImmutable();
        return outcome;
    }

    private static RuleValue ReadValue(ref CanonicalReader reader)
    {
        if (reader.TryReadNil()) return default;

        // The type is tried, on copies: each reading of another one faults.
        CanonicalReader number = reader, hash = reader;
        ulong value = number.ReadUInt64();
        if (!number.IsFaulted)
        {
            reader = number;
            return value;
        }

        Crypto.Hash256 bytes = hash.ReadHash256();
        if (!hash.IsFaulted)
        {
            reader = hash;
            return bytes;
        }

        return reader.ReadString(MaxTextBytes);
    }
}
