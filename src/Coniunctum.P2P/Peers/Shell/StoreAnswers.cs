using System.Collections.Immutable;
using Coniunctum.Consensus;
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
/// <remarks>Throws what <see cref="IChainReader"/> throws when the store is damaged or cannot be read.</remarks>
internal sealed class StoreAnswers(ChainProfile profile, IChainReader store)
{
    private const int DenseIds = 10;

    /// <summary>Reads what an effect asks for; <c>null</c> for effects that ask nothing of the store.</summary>
    public PeerInput? TryAnswer(PeerEffect effect) => effect switch
    {
        PeerEffect.ReadLocator ask => Locator(ask.Job),
        PeerEffect.ReadHeads ask => new PeerInput.HeadsRead(ask.Job, Heads(ask.From, ask.Count)),
        PeerEffect.ReadHeadsBehind ask => new PeerInput.HeadsRead(ask.Job, Behind(ask)),
        PeerEffect.ReadBlocks ask => new PeerInput.BlocksRead(ask.Job, [.. ask.Ids.Select(BlockOf)]),
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
        var reader = new CanonicalReader(head.Header);
        reader.ReadArrayHeader(3);
        ReadOnlyMemory<byte> header = reader.ReadItem(WireLimits.HeaderBytes);
        return new DurableHead(
            new HeaderView(read.Header, head.Id, read.Seal), new EncodedHead(header, read.Seal, read.Certificate), head.RuleState, head.ChainWeight);
    }
}
