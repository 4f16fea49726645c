using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus.Internal;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>
/// Makes proofs for whoever has headers only, all of blocks of the durable best chain; <c>null</c> where there is no such block, or what
/// the proof needs is not kept. Safe to use from several threads.
/// </summary>
/// <param name="profile">The ledger's profile.</param>
/// <param name="store">Its store.</param>
/// <param name="states">The states after the last durable tips; <c>null</c> where none is kept.</param>
internal sealed class ProofAnswers(ChainProfile profile, IChainReader store, RecentStates? states)
{
    // What a list or a byte string has at most beside what it holds.
    private const int HeadBytes = 3;

    /// <summary>What the state after a block says of keys: a list of one proof a key, nil for one that does not fit.</summary>
    public ReadOnlyMemory<byte>? OfState(BlockId block, ImmutableArray<ReadOnlyMemory<byte>> keys)
    {
        if (!profile.Format.Traits.HasExtendedHeader || states is null || !states.TryLook(block, out OwnedReading.Look look)) return null;
        using (look)
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new CanonicalWriter(output);
            writer.WriteListHeader(keys.Length, WireLimits.ProofKeys);

            int left = WireLimits.ProofBytes - HeadBytes * (1 + keys.Length);
            foreach (ReadOnlyMemory<byte> key in keys)
            {
                byte[] proof = look.State.ProveKey(key.Span).Encode();
                if (proof.Length > left)
                {
                    writer.WriteNil();
                    continue;
                }

                left -= proof.Length;
                writer.WriteFixed(proof);
            }

            writer.Flush();
            return output.WrittenMemory;
        }
    }

    /// <summary>That a transaction is in a block.</summary>
    public ReadOnlyMemory<byte>? OfInclusion(BlockId block, Hash256 leaf)
    {
        if (HeadOf(block) is null) return null;
        try
        {
            if (store.ReadBlock(block) is not { } encoded || store.IdAt(0) is not { } chainId) return null;
            return InclusionProof.Create(BodyCodec.Read(encoded, block, profile, chainId), leaf, profile.Format) is { } proof ? proof.Encode() : (ReadOnlyMemory<byte>?)null;
        }
        catch (InvalidDataException)
        {
            // A body that is damaged is as good as none, here as where the block itself is asked for.
            return null;
        }
    }

    /// <summary>Which block stands at a height below one: [id, weight, proof].</summary>
    public ReadOnlyMemory<byte>? OfAncestry(BlockId block, ulong height)
    {
        if (!profile.Format.Traits.HasExtendedHeader || HeadOf(block) is not { } head || height >= head.Height) return null;
        Hash256 root = HeadCodec.Read(head, profile.Format, profile.Limits).Header.HistoryRoot;
        HistoryProof proof;
        BlockId id;
        Work weight;
        try
        {
            proof = HistoryProof.Create(store, head.Height, height, out id, out weight);
        }
        catch (InvalidDataException)
        {
            // The chain became shorter meanwhile, or what is kept beside it is damaged: others can prove it.
            return null;
        }

        // The chain may have become another one while it was read.
        if (!HistoryProof.Verify(proof, root, head.Height, height, id, weight)) return null;
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(3);
        writer.WriteHash256(id.Value);
        writer.WriteHash256(weight.ToBytes());
        writer.WriteFixed(proof.Encode());
        writer.Flush();
        return output.WrittenMemory;
    }

    private StoredHead? HeadOf(BlockId block) => store.FindHead(block) is { } head && store.IdAt(head.Height) == block ? head : null;
}
