using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Traffic;

/// <summary>What a block's faults are made of.</summary>
/// <param name="Profile">The profile of the chain that will judge them.</param>
/// <param name="Entropy">Where random hashes come from.</param>
/// <param name="Now">The judge's time.</param>
/// <param name="Refused">A block that the chain has refused for ever.</param>
internal sealed record BlockFaultContext(ChainProfile Profile, SeededEntropy Entropy, Timestamp Now, BlockId Refused)
{
    public Hash256 EasiestTarget { get; } = ProofOfWork.TargetFor(1);

    public Hash256 RandomHash()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        Entropy.Fill(bytes);
        return new Hash256(bytes);
    }
}
