using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// The parameters of a store's chain, kept as a record: a chain's identity only commits to them, so that without it no one could
/// say in what a profile differs.
/// </summary>
internal static class StoredParameters
{
    private const string RecordName = "parameters";

    public static StoreBatch.Record RecordOf(ChainProfile profile) => new(RecordName, ParameterCodec.Encode(profile.Parameters));

    /// <summary>Refuses a store that holds another chain than a profile's.</summary>
    /// <exception cref="OtherChainException">It does.</exception>
    public static void ThrowIfOther(IChainReader store, ChainProfile profile, HashedBlock genesis)
    {
        BlockId stored = store.IdAt(0) ?? throw new InvalidDataException("The store has no block at height 0.");
        if (stored == genesis.Id) return;
        ImmutableArray<ParameterDifference>.Builder differences = ImmutableArray.CreateBuilder<ParameterDifference>();
        if (ReadParameters(store) is { } parameters) Compare(parameters, profile.Parameters, differences);
        if (ReadGenesis(store, profile, stored) is { } block) Compare(Contents(block), Contents(genesis), differences);
        throw new OtherChainException(stored, genesis.Id, differences.ToImmutable());
    }

    /// <summary>Returns the parameters that a store holds, or <c>null</c>: it is older, or they are damaged.</summary>
    private static ImmutableArray<Parameter>? ReadParameters(IChainReader store)
    {
        try
        {
            if (store.ReadRecord(RecordName) is not { } record) return null;
            return ParameterCodec.Decode(record, out ImmutableArray<Parameter> parameters).Fault == DecodeFault.None ? parameters : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Returns the first block of a store, or <c>null</c>: it is damaged, or of another format.</summary>
    private static HashedBlock? ReadGenesis(IChainReader store, ChainProfile profile, BlockId stored)
    {
        try
        {
            if (store.ReadBlock(stored) is not { } encoded) return null;
            HashedBlock.Decode(encoded, profile.Format, profile.Limits, stored, out HashedBlock? block);
            return block;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static IEnumerable<Parameter> Contents(HashedBlock genesis)
    {
        yield return new("genesis.timestamp", genesis.Header.Timestamp.UnixMilliseconds);
        foreach (HashedTransaction transaction in genesis.Transactions)
            yield return new("genesis.allocation", Invariant($"{transaction.Transaction.Amount} to {transaction.Transaction.Receiver.Value}"));
    }

    /// <summary>Compares what has the same name, in order.</summary>
    private static void Compare(IEnumerable<Parameter> stored, IEnumerable<Parameter> expected, ImmutableArray<ParameterDifference>.Builder differences)
    {
        ILookup<string, RuleValue> has = stored.ToLookup(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);
        ILookup<string, RuleValue> wants = expected.ToLookup(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);
        foreach (string name in wants.Concat(has).Select(values => values.Key).Distinct(StringComparer.Ordinal))
        {
            RuleValue[] left = [.. has[name]], right = [.. wants[name]];
            for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
            {
                RuleValue one = i < left.Length ? left[i] : default, other = i < right.Length ? right[i] : default;
                if (one != other) differences.Add(new ParameterDifference(name, one, other));
            }
        }
    }
}
