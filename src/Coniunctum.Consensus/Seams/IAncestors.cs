namespace Coniunctum.Consensus;

/// <summary>The chain that a header builds on, from its parent down to genesis.</summary>
public interface IAncestors
{
    /// <summary>The parent.</summary>
    HeaderView Parent { get; }

    /// <summary>Returns the ancestor at a height.</summary>
    /// <param name="height">At most the parent's.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="height"/> is above the parent's, or not known.</exception>
    HeaderView At(ulong height);

    /// <summary>Whether the ancestor at a height is known. It is, unless headers are checked behind a checkpoint without those below it.</summary>
    /// <param name="height">At most the parent's.</param>
    bool Has(ulong height) => true;
}
