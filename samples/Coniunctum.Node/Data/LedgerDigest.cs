using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Keccak;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>
/// What two files have the same of that hold the same chain, however they came to it: pruned or not, mined, imported or begun with a
/// state. Seals, certificates and used tags are no part of it, which nodes of one chain may have different ones of.
/// </summary>
/// <param name="Chain">The chain's identity.</param>
/// <param name="Height">The height of the last block.</param>
/// <param name="Tip">That block.</param>
/// <param name="StateRoot">Its header's state root; zero where the format has none.</param>
/// <param name="Heads">The digest over all headers up to it.</param>
/// <param name="State">The digest of the state after it.</param>
internal sealed record LedgerDigest(BlockId Chain, ulong Height, BlockId Tip, Hash256 StateRoot, Hash256 Heads, Hash256 State)
{
    private const ulong HeightsAReport = 4096;

    /// <summary>All of it in one: SHA3-256 of the words coniunctum digest 1, chain, be8(height), tip, state root, heads and state.</summary>
    public Hash256 Value
    {
        get
        {
            var hasher = KeccakHasher.Sha3_256();
            hasher.Append("coniunctum digest 1"u8);
            hasher.Append(Chain.Value.AsSpan());
            Append(ref hasher, Height);
            foreach (Hash256 part in (Hash256[])[Tip.Value, StateRoot, Heads, State]) hasher.Append(part.AsSpan());
            return hasher.Finish();
        }
    }

    /// <summary>
    /// Reads the heads of a chain up to a height, and returns after each the digest over all so far: D′ = SHA3-256(D‖be8(height)‖id‖chain weight‖what the
    /// rule carries on), with D zero before genesis. Each header is the one that its id names, and follows the one before.
    /// </summary>
    /// <exception cref="InvalidDataException">The store is damaged.</exception>
    public static IEnumerable<(StoredHead Head, BlockHeader Header, Hash256 Digest)> OfHeads(
        IChainReader store, ChainProfile profile, ulong height, IProgress<StoreProgress> progress, CancellationToken cancellation)
    {
        Hash256 digest = default;
        BlockId parent = default;
        for (ulong next = 0; next <= height;)
        {
            cancellation.ThrowIfCancellationRequested();
            ImmutableArray<StoredHead> heads = store.ReadHeads(next, (int)Math.Min(IChainReader.MaxHeads, height - next + 1));
            if (heads.IsEmpty) throw new InvalidDataException(Invariant($"The store has no block at height {next}."));
            foreach (StoredHead head in heads)
            {
                BlockHeader header = HeadCodec.Read(head, profile.Format, profile.Limits).Header;
                bool follows = header.Height == next && (next == 0 || header.Previous == parent);
                if (!follows) throw new InvalidDataException(Invariant($"The store's header at height {next} does not follow the one before."));
                digest = Next(digest, head);
                yield return (head, header, digest);
                parent = head.Id;
                if (++next % HeightsAReport == 0) progress.Report(new StoreProgress((long)next, (long)height + 1));
            }
        }
    }

    private static Hash256 Next(in Hash256 before, StoredHead head)
    {
        var hasher = KeccakHasher.Sha3_256();
        hasher.Append(before.AsSpan());
        Append(ref hasher, head.Height);
        hasher.Append(head.Id.Value.AsSpan());
        hasher.Append(head.ChainWeight.ToBytes().AsSpan());
        hasher.Append(head.RuleState.Span);
        return hasher.Finish();
    }

    private static void Append(ref KeccakHasher hasher, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        hasher.Append(bytes);
    }
}
