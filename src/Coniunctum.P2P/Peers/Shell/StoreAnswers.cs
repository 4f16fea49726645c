using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>Answers what the peer machine asks of the store, beside the machine. Safe to use from several threads.</summary>
/// <param name="profile">The ledger's profile.</param>
/// <param name="store">Its store.</param>
/// <param name="states">The states after the last durable tips; <c>null</c> where none is kept.</param>
/// <remarks>Throws what <see cref="IChainReader"/> throws when the store is damaged or cannot be read.</remarks>
internal sealed class StoreAnswers(ChainProfile profile, IChainReader store, RecentStates? states = null)
{
    private const int DenseIds = 10;

    // Heights of sides that are read at a time: few when there are many at each.
    private const ulong HeightsAtOnce = 64;
    private const ulong MostHeights = 1_024;
    private const int MostSidesBytes = 1_024 * 1_024 - 16;

    private readonly ProofAnswers _proofs = new(profile, store, states);

    /// <summary>Reads what an effect asks for; <c>null</c> for effects that ask nothing of the store.</summary>
    public PeerInput? TryAnswer(PeerEffect effect) => effect switch
    {
        PeerEffect.ReadLocator ask => Locator(ask.Job),
        PeerEffect.ReadHeads ask => new PeerInput.HeadsRead(ask.Job, Heads(ask.From, ask.Count)),
        PeerEffect.ReadHeadsBehind ask => new PeerInput.HeadsRead(ask.Job, Behind(ask)),
        PeerEffect.ReadBlocks ask => new PeerInput.BlocksRead(ask.Job, [.. ask.Ids.Select(BlockOf)]),
        PeerEffect.ReadSides ask => Sides(ask),
        PeerEffect.ReadStateProof ask => new PeerInput.ProofRead(ask.Job, _proofs.OfState(ask.Block, ask.Keys)),
        PeerEffect.ReadInclusion ask => new PeerInput.ProofRead(ask.Job, _proofs.OfInclusion(ask.Block, ask.Leaf)),
        PeerEffect.ReadAncestry ask => new PeerInput.ProofRead(ask.Job, _proofs.OfAncestry(ask.Block, ask.Height)),
        PeerEffect.AssembleBlock ask => new PeerInput.BlockAssembled(ask.Job, Assemble(ask)),
        PeerEffect.ReadCertificates ask => new PeerInput.CertificatesRead(ask.Job, [.. ask.Ids.Select(CertificateOf)]),
        _ => null,
    };

    private PeerInput.LocatorRead Locator(JobId job)
    {
        StoredTip tip = store.Tip ?? throw new InvalidDataException("The store holds no block.");
        ImmutableArray<BlockId>.Builder ids = ImmutableArray.CreateBuilder<BlockId>(WireLimits.Locator);
        ulong step = 1;
        for (ulong height = tip.Height; height > 0 && ids.Count < WireLimits.Locator - 1; height = height > step ? height - step : 0)
        {
            // The chain may become shorter while it is read: then there are fewer ids.
            if (store.IdAt(height) is { } id) ids.Add(id);
            if (ids.Count >= DenseIds) step = step * 3 / 2 + 1;
        }

        ids.Add(store.IdAt(0) ?? throw new InvalidDataException("The store has no genesis block."));
        StoredHead head = store.FindHead(tip.Id) ?? throw new InvalidDataException($"The store has no head of its tip {tip.Id}.");
        return new PeerInput.LocatorRead(job, Read(head), ids.ToImmutable());
    }

    private ImmutableArray<DurableHead> Heads(ulong from, int count) => [.. store.ReadHeads(from, count).Select(Read)];

    private ImmutableArray<DurableHead> Behind(PeerEffect.ReadHeadsBehind ask)
    {
        foreach (BlockId id in ask.Locator)
        {
            if (store.FindHead(id) is not { } known || store.IdAt(known.Height) != id) continue;
            int count = ask.Count;
            if (ask.Stop is { } stop && store.FindHead(stop) is { } last && last.Height > known.Height)
                count = (int)Math.Min((ulong)count, last.Height - known.Height);
            ImmutableArray<DurableHead> heads = Heads(known.Height + 1, count);

            // The chain may have left the id since: what is here now is behind an older one.
            if (heads.IsEmpty || heads[0].View.Header.Previous == id) return heads;
        }

        return [];
    }

    /// <summary>Encodes the parts and reads them again, so that the block holds bytes of its own and keeps no message in memory.</summary>
    private HashedBlock? Assemble(PeerEffect.AssembleBlock ask)
    {
        var block = new Ledger.Block
        {
            Header = ask.Head.View.Header,
            Transactions = [.. ask.Transactions.Select(transaction => transaction.Transaction)],
            Seal = ask.Head.View.Seal,
            Certificate = ask.Head.Certificate,
        };
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        profile.Format.Codec.WriteBlock(ref writer, block);
        writer.Flush();
        BlockId chainId = store.IdAt(0) ?? throw new InvalidDataException("The store has no genesis block.");
        HashedBlock.Decode(buffer.WrittenMemory, profile.Format, profile.Limits, chainId, out HashedBlock? assembled);
        return assembled;
    }

    /// <summary>What lies beside the best chain: some of what the store keeps there has become part of it since.</summary>
    private PeerInput.SidesRead Sides(PeerEffect.ReadSides ask)
    {
        ulong tip = store.Tip?.Height ?? 0;
        ulong end = Math.Min(ask.From > ulong.MaxValue - MostHeights ? ulong.MaxValue : ask.From + MostHeights, tip + HeightsAtOnce);
        ImmutableArray<EncodedHead>.Builder heads = ImmutableArray.CreateBuilder<EncodedHead>();
        int bytes = 0;
        for (ulong from = ask.From; from < end; from += HeightsAtOnce)
        {
            foreach (IGrouping<ulong, StoredSide> height in store.ReadSides(from, Math.Min(end, from + HeightsAtOnce) - 1).Where(side => store.IdAt(side.Height) != side.Id).GroupBy(side => side.Height))
            {
                EncodedHead[] at = [.. height.Select(side => EncodedOf(side.Header))];
                int more = at.Sum(head => head.Size);
                if (heads.Count + at.Length > WireLimits.Sides || bytes + more > MostSidesBytes) return new PeerInput.SidesRead(ask.Job, heads.ToImmutable(), bytes);
                heads.AddRange(at);
                bytes += more;
            }
        }

        return new PeerInput.SidesRead(ask.Job, heads.ToImmutable(), bytes);
    }

    /// <summary>A body that is damaged is as good as none: others have it, and no peer's question stops this node.</summary>
    private ReadOnlyMemory<byte>? BlockOf(BlockId id)
    {
        try
        {
            return store.ReadBlock(id);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private ReadOnlyMemory<byte>? CertificateOf(BlockId id) => store.FindHead(id) is { } head ? HeadCodec.Read(head, profile.Format, profile.Limits).Certificate : null;

    private DurableHead Read(StoredHead head)
    {
        BlockHead read = HeadCodec.Read(head, profile.Format, profile.Limits);
        return new DurableHead(new HeaderView(read.Header, head.Id, read.Seal), EncodedOf(head.Header), head.RuleState, head.ChainWeight);
    }

    /// <summary>Takes apart what the store has as [header, seal, certificate or nil].</summary>
    private EncodedHead EncodedOf(ReadOnlyMemory<byte> stored)
    {
        var reader = new CanonicalReader(stored);
        reader.ReadArrayHeader(3);
        ReadOnlyMemory<byte> header = reader.ReadItem(WireLimits.HeaderBytes);
        return new EncodedHead(header, reader.ReadBytes(profile.Limits.MaxSealBytes), WireReading.ReadOptional(ref reader, WireLimits.CertificateBytes));
    }
}
