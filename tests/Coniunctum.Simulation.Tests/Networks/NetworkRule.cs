namespace Coniunctum.Simulation.Tests.Networks;

/// <summary>By which rule a drawn network makes blocks.</summary>
public enum NetworkRule
{
    None = 0,

    /// <summary>Proof-of-work, the heaviest chain.</summary>
    Heaviest,

    /// <summary>Proof-of-work, the heaviest subtree.</summary>
    Ghost,

    /// <summary>Signers in turns (EIP-225).</summary>
    Clique,

    /// <summary>Finality by votes.</summary>
    Bft,
}
