namespace Coniunctum.P2P.Wire;

/// <summary>One row of the table of kinds: everything that a connection must know of a message before it reads it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Protocol">The small protocol that it belongs to.</param>
/// <param name="Scope">On which channels it may come.</param>
/// <param name="Turn">Who may send it, and when.</param>
/// <param name="MaxBytes">The largest encoding under <see cref="WireLimits.Default"/>.</param>
internal sealed record KindRule(MessageKind Kind, string Protocol, MessageScope Scope, MessageTurn Turn, int MaxBytes)
{
    /// <summary>Of an answer: the request that it answers. <see cref="MessageKind.None"/> otherwise.</summary>
    public MessageKind Answers { get; init; }

    /// <summary>Of a request: how much may be asked for and not answered, in the message's units.</summary>
    public int MaxOutstanding { get; init; }

    /// <summary>Of an answer: whether it may answer a part of what was asked for, in any order, instead of exactly the oldest request.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Of a request: whether it may be sent only once on a connection or ledger.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Of what depends on a ledger: which of its limits.</summary>
    public LedgerMeasure Measure { get; init; }

    /// <summary>The class, in whose queue it waits.</summary>
    public MessageClass Class => ClassOf((ushort)Kind);

    /// <summary>Returns the class of any kind, also of one that is not in the table; above <see cref="MessageClass.Rest"/> there is none.</summary>
    public static MessageClass ClassOf(ushort kind) => (MessageClass)(kind >> 8);

    /// <summary>Returns the largest encoding in bytes on the channel of a ledger.</summary>
    public int LimitUnder(WireLimits limits) => Measure switch
    {
        LedgerMeasure.Block => MaxBytes - WireLimits.Default.BlockBytes + limits.BlockBytes,
        LedgerMeasure.Transaction => MaxBytes - WireLimits.Default.TransactionBytes + limits.TransactionBytes,
        _ => MaxBytes,
    };
}
