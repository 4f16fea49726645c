using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>The pool between two runs: written when a ledger is disposed, and checked anew, signatures included, when it is started.</summary>
internal static class SavedPool
{
    private const string Record = "pool";

    public static StoreBatch Write(ChainCore chain, ChainProfile profile)
    {
        var output = new ArrayBufferWriter<byte>();
        PoolArchive.Encode(chain.PooledTransactions(), profile, chain.Genesis.Id, output);
        return new StoreBatch { Records = [new StoreBatch.Record(Record, output.WrittenMemory)] };
    }

    /// <summary>Returns what can be read: what is damaged, or another chain's, is not worth keeping a ledger from starting.</summary>
    public static ImmutableArray<HashedTransaction> Read(
        Func<string, ReadOnlyMemory<byte>?> readRecord, ChainProfile profile, BlockId chainId, PoolOptions options)
    {
        ReadOnlyMemory<byte>? encoded;
        try
        {
            encoded = readRecord(Record);
        }
        catch (InvalidDataException)
        {
            // The store's own row is damaged.
            return [];
        }

        if (encoded is null) return [];
        PoolArchive.Decode(encoded.Value, profile, chainId, options, out ImmutableArray<HashedTransaction> transactions);
        return transactions;
    }
}
