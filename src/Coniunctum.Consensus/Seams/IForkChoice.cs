using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>
/// Which tip wins. One instance a ledger; it hears of every block whose body and ancestors' bodies are here, parents first.
/// </summary>
public interface IForkChoice
{
    /// <summary>The tip of the chain that wins at present; genesis at the start.</summary>
    BlockId Head { get; }

    /// <summary>Adds a block.</summary>
    /// <param name="block">The block; its parent was added before.</param>
    void Add(in ForkChoiceBlock block);

    /// <summary>Removes a block that turned out invalid, with all that builds on it.</summary>
    /// <param name="block">A block that was added; never genesis.</param>
    void Remove(BlockId block);
}
