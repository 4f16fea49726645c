using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>
/// Makes inputs of the peer machine out of messages, beside the machine: what a ledger encodes, headers, blocks and transactions, is
/// decoded and hashed here. Safe to use from several threads.
/// </summary>
/// <param name="profile">The ledger's profile.</param>
/// <param name="chainId">The chain's identity.</param>
internal sealed class MessageDecoder(ChainProfile profile, BlockId chainId)
{
    /// <summary>The largest messages of the ledger.</summary>
    public WireLimits Limits { get; } = new()
    {
        BlockBytes = profile.Limits.MaxBlockBytes + profile.Limits.MaxSealBytes + profile.Limits.MaxCertificateBytes + LedgerLimits.BlockOverheadBytes,
        TransactionBytes = profile.Limits.MaxTransactionBytes,
        SealBytes = profile.Limits.MaxSealBytes,
    };

    /// <summary>Returns the input that says that a message has come; <see cref="PeerInput.Faulted"/> where its content cannot be read.</summary>
    /// <param name="from">The connection.</param>
    /// <param name="message">The message, whose bytes must not change any more.</param>
    /// <param name="bytes">Its length.</param>
    public PeerInput Decode(PeerId from, WireMessage message, int bytes) => message switch
    {
        Headers headers => Heads(from, message.Kind, headers.Heads, bytes),
        Announce announce => Heads(from, message.Kind, announce.Heads, bytes),
        Sides sides => Heads(from, message.Kind, sides.Heads, bytes),
        Wire.Messages.Block block => Block(from, block),
        Compact compact => Compacted(from, compact, bytes),
        Parts parts => PartsOf(from, parts, bytes),
        Wire.Messages.Transactions transactions => Transactions(from, transactions, bytes),
        Submit submit => Submitted(from, submit),
        _ => new PeerInput.Received(from, message, bytes),
    };

    private static PeerInput.Faulted Fault(PeerId from, MessageKind kind, DecodeOutcome outcome) => new(from, $"{kind} cannot be read: {outcome}");

    private PeerInput Heads(PeerId from, MessageKind kind, ImmutableArray<EncodedHead> heads, int bytes)
    {
        ImmutableArray<PeerHead>.Builder decoded = ImmutableArray.CreateBuilder<PeerHead>(heads.Length);
        foreach (EncodedHead head in heads)
        {
            DecodeOutcome outcome = TryDecode(head, out PeerHead? one);
            if (one is null) return Fault(from, kind, outcome);
            decoded.Add(one);
        }

        return new PeerInput.HeadsReceived(from, kind, decoded.MoveToImmutable(), bytes);
    }

    private DecodeOutcome TryDecode(EncodedHead head, [NotNullWhen(true)] out PeerHead? decoded)
    {
        var reader = new CanonicalReader(head.Header);
        BlockHeader header = profile.Format.Codec.ReadHeader(ref reader);
        DecodeOutcome outcome = reader.End();
        decoded = outcome.IsValid ? new PeerHead(new HeaderView(header, new BlockId(profile.Format.Digest(header)), head.Seal), head.Certificate) : null;
        return outcome;
    }

    private PeerInput Block(PeerId from, Wire.Messages.Block message)
    {
        DecodeOutcome outcome = HashedBlock.Decode(message.Bytes, profile.Format, profile.Limits, chainId, out HashedBlock? block);
        return block is null ? Fault(from, message.Kind, outcome) : new PeerInput.BlockReceived(from, block);
    }

    private PeerInput Compacted(PeerId from, Compact message, int bytes)
    {
        DecodeOutcome outcome = TryDecode(message.Head, out PeerHead? head);
        if (head is null || !TryDecode(message.Prefilled.Select(placed => placed.Bytes), out ImmutableArray<HashedTransaction> prefilled, out outcome)) return Fault(from, message.Kind, outcome);
        int count = prefilled.Length + message.ShortIds.Length / WireLimits.ShortIdBytes;
        return message.Prefilled is [.., var last] && last.Index >= count
            ? new PeerInput.Faulted(from, Invariant($"{message.Kind} has a transaction at place {last.Index} of {count}"))
            : new PeerInput.CompactReceived(from, head, message, prefilled, bytes);
    }

    private PeerInput PartsOf(PeerId from, Parts message, int bytes) => TryDecode(message.Transactions, out ImmutableArray<HashedTransaction> items, out DecodeOutcome outcome)
        ? new PeerInput.PartsReceived(from, new BlockId(message.BlockId), items, bytes)
        : Fault(from, message.Kind, outcome);

    private bool TryDecode(IEnumerable<ReadOnlyMemory<byte>> encoded, out ImmutableArray<HashedTransaction> transactions, out DecodeOutcome outcome)
    {
        (transactions, outcome) = ([], default);
        var hasher = new TransactionHasher(profile.Format, chainId);
        var decoded = ImmutableArray.CreateBuilder<HashedTransaction>();
        foreach (ReadOnlyMemory<byte> bytes in encoded)
        {
            outcome = hasher.Decode(bytes, profile.Limits, out HashedTransaction? transaction);
            if (transaction is null) return false;
            decoded.Add(transaction);
        }

        transactions = decoded.DrainToImmutable();
        return true;
    }

    private PeerInput Submitted(PeerId from, Submit message)
    {
        DecodeOutcome outcome = new TransactionHasher(profile.Format, chainId).Decode(message.Bytes, profile.Limits, out HashedTransaction? transaction);
        return transaction is null ? Fault(from, message.Kind, outcome) : new PeerInput.SubmitReceived(from, transaction);
    }

    private PeerInput Transactions(PeerId from, Wire.Messages.Transactions message, int bytes)
    {
        var hasher = new TransactionHasher(profile.Format, chainId);
        ImmutableArray<HashedTransaction?>.Builder items = ImmutableArray.CreateBuilder<HashedTransaction?>(message.Items.Length);
        foreach (ReadOnlyMemory<byte>? item in message.Items)
        {
            HashedTransaction? transaction = null;
            if (item is { } encoded)
            {
                DecodeOutcome outcome = hasher.Decode(encoded, profile.Limits, out transaction);
                if (transaction is null) return Fault(from, message.Kind, outcome);
            }

            items.Add(transaction);
        }

        return new PeerInput.TransactionsReceived(from, items.MoveToImmutable(), bytes);
    }
}
