using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Files;

/// <summary>A group of heads in a file of a state: a canonical list of [head, ruleState, chainWeight].</summary>
internal static class StateHeads
{
    private const int Fields = 3;

    public static byte[] Write(IReadOnlyCollection<StateRecord.Head> heads)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(heads.Count);
        foreach (StateRecord.Head head in heads)
        {
            writer.WriteArrayHeader(Fields);
            writer.WriteFixed(head.Header.Span);
            writer.WriteFixed(head.RuleState.Span);
            writer.WriteHash256(head.ChainWeight.ToBytes());
        }

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static DecodeOutcome Read(ReadOnlyMemory<byte> content, out ImmutableArray<StateRecord.Head> heads)
    {
        var reader = new CanonicalReader(content);
        int count = reader.ReadListHeader(StateFile.HeadsAGroup);
        ImmutableArray<StateRecord.Head>.Builder read = ImmutableArray.CreateBuilder<StateRecord.Head>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(Fields);
            ReadOnlyMemory<byte> header = reader.ReadBytes(StateFile.MaxGroupBytes);
            ReadOnlyMemory<byte> ruleState = reader.ReadBytes(StateFile.MaxGroupBytes);
            read.Add(new StateRecord.Head(header, ruleState, Work.FromBytes(reader.ReadHash256())));
        }

        DecodeOutcome outcome = reader.End();
        heads = outcome.IsValid ? read.DrainToImmutable() : [];
        return outcome;
    }
}
