namespace Coniunctum.Consensus;

/// <summary>What a producer's job may use of the machine.</summary>
public interface IJobTools
{
    /// <summary>Searches nonces on all threads that the node was given.</summary>
    INonceSearch Search { get; }
}
