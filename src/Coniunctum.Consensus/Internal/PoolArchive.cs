using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Consensus.Internal;

/// <summary>
/// The pool as bytes, for the next run: [1, chain id, [transaction, …]] in canonical MessagePack. Nothing in it is believed:
/// who reads it gives each transaction to <see cref="NodeInput.PoolRestored"/>, which checks it anew.
/// </summary>
public static class PoolArchive
{
    private const ulong Version = 1;
    private const int Fields = 3;

    /// <summary>Writes transactions.</summary>
    /// <param name="transactions">Those of <see cref="Chain.ChainCore.PooledTransactions"/>.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="chainId">The chain's identity.</param>
    /// <param name="output">Takes the bytes.</param>
    public static void Encode(ImmutableArray<HashedTransaction> transactions, ChainProfile profile, BlockId chainId, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(Version);
        writer.WriteHash256(chainId.Value);
        writer.WriteArrayHeader(transactions.Length);
        foreach (HashedTransaction transaction in transactions) profile.Format.Codec.WriteTransaction(ref writer, transaction.Transaction, 0);
        writer.Flush();
    }

    /// <summary>Reads transactions from bytes that may be damaged, or another chain's.</summary>
    /// <param name="encoded">The bytes; not kept.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="chainId">The chain's identity.</param>
    /// <param name="options">What the pool of this run may hold.</param>
    /// <param name="transactions">What could be read before a fault; none of another version or chain.</param>
    /// <returns>
    /// What was wrong, or no fault. A value that is not the one expected is an unknown version, or another chain's id: its
    /// first eight bytes are reported.
    /// </returns>
    public static DecodeOutcome Decode(
        ReadOnlyMemory<byte> encoded, ChainProfile profile, BlockId chainId, PoolOptions options, out ImmutableArray<HashedTransaction> transactions)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(profile);
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        ulong version = reader.ReadUInt64();
        if (version != Version) reader.Reject(Version, version);
        var found = new BlockId(reader.ReadHash256());
        if (found != chainId) reader.Reject(FirstWord(chainId), FirstWord(found));
        int count = reader.ReadListHeader((int)Math.Min(int.MaxValue, options.MaxBytes / LedgerLimits.MinTransactionBytes));
        var hasher = new TransactionHasher(profile.Format, chainId);
        ImmutableArray<HashedTransaction>.Builder read = ImmutableArray.CreateBuilder<HashedTransaction>();
        for (int i = 0; i < count; i++)
        {
            // A copy of its own: one transaction that stays must not keep all the bytes.
            ReadOnlyMemory<byte> item = reader.ReadItem(profile.Limits.MaxTransactionBytes).ToArray();
            if (reader.IsFaulted) break;
            // One that is no transaction is passed over: the others may be sound.
            hasher.Decode(item, profile.Limits, out HashedTransaction? transaction);
            if (transaction is not null) read.Add(transaction);
        }

        transactions = read.ToImmutable();
        return reader.End();
    }

    private static ulong FirstWord(BlockId id) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(id.Value.AsSpan());
}
