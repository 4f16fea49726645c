using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>A change of the best chain, durable when it is reported.</summary>
/// <param name="Block">The block that joined or left the chain, or that is final now.</param>
/// <example>
/// <code>
/// await foreach (LedgerEvent change in ledger.EventsAsync())
/// {
///     if (change is LedgerEvent.Connected) Console.WriteLine(change.Block.Header.Height);
/// }
/// </code>
/// </example>
public abstract record LedgerEvent(HashedBlock Block)
{
    /// <summary>Where to go on after this event: the block that is the tip then, as the subscriber has seen it.</summary>
    public abstract BlockId Cursor { get; }

    /// <summary>A block has become part of the best chain.</summary>
    /// <param name="Block">The block.</param>
    public sealed record Connected(HashedBlock Block) : LedgerEvent(Block)
    {
        /// <inheritdoc/>
        public override BlockId Cursor => Block.Id;
    }

    /// <summary>A block is no longer part of the best chain: what it did is undone.</summary>
    /// <param name="Block">The block.</param>
    public sealed record Disconnected(HashedBlock Block) : LedgerEvent(Block)
    {
        /// <inheritdoc/>
        public override BlockId Cursor => Block.Header.Previous;
    }

    /// <summary>A block that the subscriber has seen, and all below it, can no longer change.</summary>
    /// <param name="Block">The highest such block.</param>
    /// <param name="Tip">The last block that the subscriber has seen.</param>
    public sealed record Finalized(HashedBlock Block, BlockId Tip) : LedgerEvent(Block)
    {
        /// <inheritdoc/>
        public override BlockId Cursor => Tip;
    }
}
