using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>Announces transactions that the sender has.</summary>
/// <param name="Leaves">Their Merkle leaves, which cover the signatures; at least one.</param>
internal sealed record Have(ImmutableArray<Hash256> Leaves) : WireMessage
{
    public override MessageKind Kind => MessageKind.Have;

    public static Have Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Have(WireReading.ReadSomeHashes(ref reader, WireLimits.Leaves));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        WireReading.WriteHashes(ref writer, Leaves, WireLimits.Leaves);
    }
}

/// <summary>Asks for transactions.</summary>
/// <param name="Leaves">Their leaves, at least one; at most 100 are asked for at a time, over all requests.</param>
internal sealed record GetTransactions(ImmutableArray<Hash256> Leaves) : WireMessage
{
    public override MessageKind Kind => MessageKind.GetTransactions;

    public override int Units => Leaves.Length;

    public static GetTransactions Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new GetTransactions(WireReading.ReadSomeHashes(ref reader, WireLimits.TransactionsInFlight));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        WireReading.WriteHashes(ref writer, Leaves, WireLimits.TransactionsInFlight);
    }
}

/// <summary>
/// The answer to the oldest <see cref="GetTransactions"/> that waits for one: for each leaf, in their order, the transaction, or
/// nothing where the sender does not have it or it does not fit into the message.
/// </summary>
/// <param name="Items">The transactions.</param>
internal sealed record Transactions(ImmutableArray<ReadOnlyMemory<byte>?> Items) : WireMessage
{
    public override MessageKind Kind => MessageKind.Transactions;

    public override int Units => Items.Length;

    public static Transactions Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Transactions(WireReading.ReadList(
            ref reader, WireLimits.TransactionsInFlight, (ref CanonicalReader item) => WireReading.ReadOptional(ref item, limits.TransactionBytes)));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteListHeader(Items.Length, WireLimits.TransactionsInFlight);
        foreach (ReadOnlyMemory<byte>? item in Items) WireReading.WriteOptional(ref writer, item, limits.TransactionBytes);
    }
}

/// <summary>What the sender is trying to make a block of: a hint about transactions, never sent on.</summary>
/// <param name="Header">The candidate's header without a reward: its Merkle root and nonce are zero.</param>
/// <param name="Leaves">The leaves at position 0, by which they are relayed, of those of its transactions that the receiver may lack.</param>
internal sealed record Candidate(ReadOnlyMemory<byte> Header, ImmutableArray<Hash256> Leaves) : WireMessage
{
    public override MessageKind Kind => MessageKind.Candidate;

    public static Candidate Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Candidate(reader.ReadBytes(WireLimits.HeaderBytes), WireReading.ReadHashes(ref reader, WireLimits.CandidateLeaves));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteBytes(Header.Span, WireLimits.HeaderBytes);
        WireReading.WriteHashes(ref writer, Leaves, WireLimits.CandidateLeaves);
    }
}

/// <summary>Gives a transaction of the sender's own to a node that it trusts to say what becomes of it.</summary>
/// <param name="Bytes">Its encoding.</param>
internal sealed record Submit(ReadOnlyMemory<byte> Bytes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Submit;

    public static Submit Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Submit(reader.ReadBytes(limits.TransactionBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteBytes(Bytes.Span, limits.TransactionBytes);
    }
}

/// <summary>The answer to the oldest <see cref="Submit"/> that waits for one.</summary>
/// <param name="Leaf">The transaction's leaf.</param>
/// <param name="Rule">0 where it was admitted, otherwise the number of the rule that it breaks, or 65,535 for a policy of the sender's.</param>
/// <param name="Text">For people.</param>
internal sealed record Submitted(Hash256 Leaf, ushort Rule, string Text) : WireMessage
{
    public override MessageKind Kind => MessageKind.Submitted;

    public static Submitted Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(3);
        return new Submitted(reader.ReadHash256(), reader.ReadUInt16(), reader.ReadString(WireLimits.ReasonBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(3);
        writer.WriteHash256(Leaf);
        writer.WriteUInt64(Rule);
        writer.WriteString(Text, WireLimits.ReasonBytes);
    }
}
