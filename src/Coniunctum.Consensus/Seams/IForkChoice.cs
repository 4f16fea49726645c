using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>
/// Which tip wins. One instance a ledger; it hears of every block whose body and ancestors' bodies are here, parents first. Of
/// a long chain it knows the newest blocks only: it begins at an anchor, and older anchors of the same chain come and go.
/// </summary>
public interface IForkChoice
{
    /// <summary>The tip of the chain that wins at present.</summary>
    BlockId Head { get; }

    /// <summary>Adds a block of the best chain without its parent: the first one, or an older one on which others build again.</summary>
    /// <param name="block">The block; not known so far.</param>
    void Anchor(in ForkChoiceBlock block);

    /// <summary>Adds a block.</summary>
    /// <param name="block">The block; its parent is known.</param>
    void Add(in ForkChoiceBlock block);

    /// <summary>
    /// Whether blocks that turned out invalid still weigh, where their headers are proven and their bodies have come: what nodes that
    /// have not executed them count, all must count. By default they do not.
    /// </summary>
    bool CountsInvalid => false;

    /// <summary>Lets a block weigh more, or no longer, by what builds on it and can never win.</summary>
    /// <param name="block">A block that is known.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="isAdded">Whether the weight is added; taken away again otherwise.</param>
    void ChangeWeight(BlockId block, in Work weight, bool isAdded)
    {
        // Without a weight of what is invalid there is nothing to change.
    }

    /// <summary>Removes a block that turned out invalid, or that no one waits for any more, with all that builds on it.</summary>
    /// <param name="block">A block that is known.</param>
    void Remove(BlockId block);

    /// <summary>Lets a block of the best chain stand without its parent, which may be removed then: it becomes an anchor.</summary>
    /// <param name="block">A child of the newest anchor.</param>
    void Detach(BlockId block);
}
