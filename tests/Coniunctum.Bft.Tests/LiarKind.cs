namespace Coniunctum.Bft.Tests;

/// <summary>How a <see cref="Liar"/> hinders others in a network that is well.</summary>
internal enum LiarKind
{
    None = 0,

    /// <summary>It says nothing.</summary>
    Silent,

    /// <summary>It says anything to anybody.</summary>
    Random,

    /// <summary>It proposes another block to each, and votes for all of them.</summary>
    Equivocating,

    /// <summary>It names rounds of which there are no prevotes.</summary>
    Misleading,

    /// <summary>
    /// It lets one after the other lock: its prevote for what others propose goes to one alone, at the last moment, and to one
    /// that does not propose next.
    /// </summary>
    OneAtATime,
}
