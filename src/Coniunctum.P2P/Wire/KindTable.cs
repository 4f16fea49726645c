using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Coniunctum.P2P.Wire;

/// <summary>
/// The table of kinds: for each its small protocol, who has the turn, and its limits. docs/PROTOCOL.md, "Network", shows the same
/// table, and a test compares them.
/// </summary>
internal static class KindTable
{
    private const int KiB = 1_024;
    private const int BlockMessage = 1_048_576 + 64 * KiB + 2_048 + 16;

    private static readonly FrozenDictionary<MessageKind, KindRule> s_rules;

    static KindTable()
    {
        All =
        [
            Free(MessageKind.Publish, "topics", 65 * KiB),
            Free(MessageKind.Digest, "topics", 33 * KiB),
            Free(MessageKind.Want, "topics", 33 * KiB),

            Request(MessageKind.GetHeaders, "headers", 2 * KiB, 1),
            Answer(MessageKind.Headers, MessageKind.GetHeaders, "headers", 2_048 * KiB),
            Free(MessageKind.Announce, "headers", 576 * KiB),
            Request(MessageKind.GetSides, "sides", 16, 1),
            Answer(MessageKind.Sides, MessageKind.GetSides, "sides", 1_024 * KiB),

            Request(MessageKind.GetBlocks, "blocks", 1 * KiB, 16),
            Answer(MessageKind.Block, MessageKind.GetBlocks, "blocks", BlockMessage) with { IsPartial = true, Measure = LedgerMeasure.Block },
            Answer(MessageKind.Missing, MessageKind.GetBlocks, "blocks", 1 * KiB) with { IsPartial = true },
            Request(MessageKind.GetCertificates, "certificates", 1 * KiB, 16),
            Answer(MessageKind.Certificates, MessageKind.GetCertificates, "certificates", 1_025 * KiB),
            Free(MessageKind.Compact, "compact", BlockMessage) with { Measure = LedgerMeasure.Block },
            Request(MessageKind.GetParts, "compact", 9 * KiB, 3),
            Answer(MessageKind.Parts, MessageKind.GetParts, "compact", BlockMessage) with { Measure = LedgerMeasure.Block },
            Free(MessageKind.GetCompact, "compact", 64),

            Free(MessageKind.Have, "transactions", 34 * KiB),
            Request(MessageKind.GetTransactions, "transactions", 4 * KiB, 100),
            Answer(MessageKind.Transactions, MessageKind.GetTransactions, "transactions", 512 * KiB) with { Measure = LedgerMeasure.Transaction },
            Free(MessageKind.Candidate, "candidates", 274 * KiB),
            Request(MessageKind.Submit, "submissions", 8_208, 16) with { Measure = LedgerMeasure.Transaction },
            Answer(MessageKind.Submitted, MessageKind.Submit, "submissions", 1 * KiB),

            Connection(MessageKind.Hello, "hello", MessageTurn.First, 2 * KiB),
            Connection(MessageKind.Bye, "hello", MessageTurn.Last, 1 * KiB),
            Connection(MessageKind.Ping, "keep-alive", MessageTurn.Request, 16) with { MaxOutstanding = 1 },
            Connection(MessageKind.Pong, "keep-alive", MessageTurn.Answer, 16) with { Answers = MessageKind.Ping },
            Connection(MessageKind.GetAddresses, "addresses", MessageTurn.Request, 16) with { MaxOutstanding = 1, IsOnce = true },
            Connection(MessageKind.Addresses, "addresses", MessageTurn.Answer, 128 * KiB) with { Answers = MessageKind.GetAddresses },
            new KindRule(MessageKind.Open, "ledgers", MessageScope.Ledger, MessageTurn.Opens, 65 * KiB),
            Connection(MessageKind.Shut, "ledgers", MessageTurn.Shuts, 1 * KiB),
            Connection(MessageKind.NewAddresses, "addresses", MessageTurn.Free, 4 * KiB),
            Request(MessageKind.GetProof, "proofs", 5 * KiB, 4),
            Answer(MessageKind.Proof, MessageKind.GetProof, "proofs", 17 * KiB),
            Request(MessageKind.GetInclusion, "proofs", 128, 4),
            Answer(MessageKind.Inclusion, MessageKind.GetInclusion, "proofs", 17 * KiB),
            Request(MessageKind.GetAncestry, "proofs", 128, 4),
            Answer(MessageKind.Ancestry, MessageKind.GetAncestry, "proofs", 17 * KiB),
            Request(MessageKind.GetManifest, "snapshots", 16, 1),
            Answer(MessageKind.Manifest, MessageKind.GetManifest, "snapshots", 137 * KiB),
            Request(MessageKind.GetShard, "snapshots", 16, 4),
            Answer(MessageKind.Shard, MessageKind.GetShard, "snapshots", 257 * KiB),
        ];
        s_rules = All.ToFrozenDictionary(rule => rule.Kind);
    }

    /// <summary>All rows, in the order of the kinds' numbers.</summary>
    public static ImmutableArray<KindRule> All { get; }

    /// <summary>Returns the row of a kind, or <c>null</c> where the kind is unknown.</summary>
    public static KindRule? Of(MessageKind kind) => s_rules.GetValueOrDefault(kind);

    private static KindRule Free(MessageKind kind, string protocol, int maxBytes) =>
        new(kind, protocol, MessageScope.Ledger, MessageTurn.Free, maxBytes);

    private static KindRule Request(MessageKind kind, string protocol, int maxBytes, int maxOutstanding) =>
        new(kind, protocol, MessageScope.Ledger, MessageTurn.Request, maxBytes) { MaxOutstanding = maxOutstanding };

    private static KindRule Answer(MessageKind kind, MessageKind request, string protocol, int maxBytes) =>
        new(kind, protocol, MessageScope.Ledger, MessageTurn.Answer, maxBytes) { Answers = request };

    private static KindRule Connection(MessageKind kind, string protocol, MessageTurn turn, int maxBytes) =>
        new(kind, protocol, MessageScope.Connection, turn, maxBytes);
}
