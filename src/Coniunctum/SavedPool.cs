using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
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
    /// <param name="readRecord">Reads the store.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="chainId">Its identity.</param>
    /// <param name="options">How much a pool keeps.</param>
    /// <param name="fault">Why nothing could be read of what is there, for people, or <c>null</c>.</param>
    public static ImmutableArray<HashedTransaction> Read(
        Func<string, ReadOnlyMemory<byte>?> readRecord, ChainProfile profile, BlockId chainId, PoolOptions options, out string? fault)
    {
        fault = null;
        ReadOnlyMemory<byte>? encoded;
        try
        {
            encoded = readRecord(Record);
        }
        catch (InvalidDataException damage)
        {
            fault = damage.Message;
            return [];
        }

        if (encoded is null) return [];
        DecodeOutcome outcome = PoolArchive.Decode(encoded.Value, profile, chainId, options, out ImmutableArray<HashedTransaction> transactions);
        if (!outcome.IsValid) fault = $"The saved pool cannot be read: {outcome}";
        return transactions;
    }
}
