using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>An identity of which copies are here and none was proven yet.</summary>
internal sealed class UnprovenBlock(BlockId id, BlockId parent)
{
    /// <summary>How many copies of one identity are kept, each of another source: when one is bad, the next is looked at.</summary>
    public const int MaxCopies = 2;

    // Who brought further copies; each is asked again when those that were kept are bad.
    private const int MaxAskedAgain = 8;

    public BlockId Id => id;

    public BlockId Parent => parent;

    /// <summary>The copies, the one that is being proven first.</summary>
    public List<BlockCopy> Copies { get; } = new(capacity: 1);

    /// <summary>The block as it would join the tree; <c>null</c> while it cannot be judged, or may not join.</summary>
    public BlockNode? Node { get; set; }

    /// <summary>Whether the first copy's witnesses are proven: only the parent is waited for.</summary>
    public bool IsProven { get; set; }

    /// <summary>What to answer once the first copy is proven, in place of letting it join: its time has not come.</summary>
    public Verdict? Deferral { get; set; }

    /// <summary>Whether it belongs to a ruleset that is not known.</summary>
    public bool IsOfUnknownRuleset { get; set; }

    /// <summary>The sources of copies that there was no room for.</summary>
    public List<PeerId> AskedAgain { get; } = [];

    /// <summary>Whether another copy may be kept.</summary>
    public bool HasRoomFor(PeerId from) => Copies.Count < MaxCopies && !Copies.Exists(copy => copy.From == from);

    /// <summary>Notes that a source has a copy that was not kept.</summary>
    public void Note(PeerId from)
    {
        if (!from.IsOwn && AskedAgain.Count < MaxAskedAgain && !AskedAgain.Contains(from) && !Copies.Exists(copy => copy.From == from)) AskedAgain.Add(from);
    }
}
