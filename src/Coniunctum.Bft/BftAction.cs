using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>What a <see cref="BftMachine"/> wants to happen.</summary>
internal abstract record BftAction
{
    private BftAction()
    {
    }

    /// <summary>Returns whether it needs a block, which must not be forgotten before it is done.</summary>
    /// <param name="block">The block.</param>
    public bool IsAbout(BlockId block) => this switch
    {
        Decide decide => decide.Block == block,
        Vote vote => vote.Block == block,
        Propose propose => propose.Block == block,
        _ => false,
    };

    /// <summary>Propose a block in a round.</summary>
    /// <param name="Round">The round.</param>
    /// <param name="Block">The block, or <c>null</c> for a new one, whose proposal is then given to <see cref="BftMachine.TryPropose"/>.</param>
    /// <param name="ValidRound">The round in which more than two thirds prevoted for it, or −1.</param>
    public sealed record Propose(int Round, BlockId? Block, int ValidRound) : BftAction;

    /// <summary>Sign a vote, make the machine's <see cref="BftMachine.Control"/> durable, send the vote, and give it back to the machine.</summary>
    /// <param name="Kind">Prevote or precommit.</param>
    /// <param name="Round">The round.</param>
    /// <param name="Block">The block, or <c>null</c> for none.</param>
    public sealed record Vote(BftMessageKind Kind, int Round, BlockId? Block) : BftAction;

    /// <summary>Call <see cref="BftMachine.TakeTimeout"/> after the step's time.</summary>
    /// <param name="Step">The step that ends then.</param>
    /// <param name="Round">The round.</param>
    public sealed record Time(BftStep Step, int Round) : BftAction;

    /// <summary>The height is decided.</summary>
    /// <param name="Round">The round whose precommits are the certificate.</param>
    /// <param name="Block">The block.</param>
    public sealed record Decide(int Round, BlockId Block) : BftAction;

    /// <summary>A validator has contradicted itself.</summary>
    /// <param name="First">What it said.</param>
    /// <param name="Second">What it said, too.</param>
    public sealed record Accuse(BftMessage First, BftMessage Second) : BftAction;
}
