namespace Coniunctum.Simulation.Tests.Support;

/// <summary>Which of the instances a world runs.</summary>
public enum SceneRule
{
    None = 0,
    Work,
    Signer,
    Vote,
}
