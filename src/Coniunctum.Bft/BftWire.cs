using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>What the producers of validators send each other, each kind under a topic of its own.</summary>
internal static class BftWire
{
    /// <summary>A list of votes.</summary>
    public const string VotesTopic = "bft.votes";

    /// <summary>A proposal, with its block.</summary>
    public const string ProposalTopic = "bft.proposal";

    /// <summary>A question or an answer of validators that have started again.</summary>
    public const string StatusTopic = "bft.status";

    /// <summary>A proof that someone lied.</summary>
    public const string EvidenceTopic = "bft.evidence";

    /// <summary>The most votes in one list: all of one kind and round.</summary>
    public const int MaxVotes = ValidatorSet.MaxCount;

    public static ReadOnlyMemory<byte> Votes(IReadOnlyCollection<BftMessage> votes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteListHeader(votes.Count, MaxVotes);
        foreach (BftMessage vote in votes) vote.Write(ref writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads votes; none when the bytes are something else.</summary>
    public static ImmutableArray<BftMessage> ReadVotes(ReadOnlyMemory<byte> content)
    {
        var reader = new CanonicalReader(content);
        int count = reader.ReadListHeader(MaxVotes);
        var votes = new List<BftMessage>(count);
        for (int i = 0; i < count && !reader.IsFaulted; i++) votes.Add(BftMessage.Read(ref reader));
        return reader.End().IsValid && votes.TrueForAll(vote => vote.Kind != BftMessageKind.Proposal) ? [.. votes] : [];
    }

    public static ReadOnlyMemory<byte> Proposal(BftMessage proposal, ReadOnlyMemory<byte> block)
    {
        var buffer = new ArrayBufferWriter<byte>(block.Length + 256);
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(2);
        proposal.Write(ref writer);
        writer.WriteFixed(block.Span);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads a proposal; <c>null</c> when the bytes are something else.</summary>
    public static (BftMessage Proposal, ReadOnlyMemory<byte> Block)? ReadProposal(ReadOnlyMemory<byte> content, LedgerLimits limits)
    {
        var reader = new CanonicalReader(content);
        reader.ReadArrayHeader(2);
        BftMessage proposal = BftMessage.Read(ref reader);
        ReadOnlyMemory<byte> block = reader.ReadBytes(limits.MaxBlockBytes + limits.MaxSealBytes);
        return reader.End().IsValid && proposal.Kind == BftMessageKind.Proposal ? (proposal, block) : null;
    }
}
