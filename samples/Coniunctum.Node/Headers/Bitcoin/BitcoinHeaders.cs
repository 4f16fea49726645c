using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Node.Headers.Bitcoin;

/// <summary>
/// Bitcoin's main chain by its headers: SHA-256 twice is at most the target, which follows the 2016-block rule. The versions
/// that headers must have from certain heights on (BIP-34, 65, 66) say what bodies hold, and are not checked.
/// </summary>
public static class BitcoinHeaders
{
    // Bitcoin Core, chainparams.cpp.
    private const uint FirstBits = 0x1d00_ffff;

    /// <summary>The main chain's profile.</summary>
    public static HeaderProfile Main { get; } = Create("bitcoin", new BitcoinRetarget(TimeSpan.FromMinutes(10)), new BitcoinHeader(
        Version: 1,
        Previous: default,
        MerkleRoot: Hash256.Parse("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"),
        Seconds: 1_231_006_505,
        Bits: new CompactTarget(FirstBits),
        Nonce: 2_083_236_893));

    /// <summary>Makes a profile of Bitcoin's kind with another pace and another first header, whose target is the limit.</summary>
    internal static HeaderProfile Create(string name, BitcoinRetarget difficulty, BitcoinHeader first)
    {
        var format = new BitcoinHeaderFormat();
        Span<HeaderReading> reading = [default];
        format.ReadAll(first.ToBytes(), [BitcoinHeader.Bytes], 0, reading);
        HeaderView genesis = reading[0].Header;
        var limit = new Target(genesis.Header.Target);
        var bounds = new TargetBounds(limit, limit);
        difficulty.ThrowIfImpossible(bounds);
        var rule = new ProofOfWorkRule(difficulty, bounds, static (in HeaderView header) => header.Digest, mayEqual: true, hasTime: true);
        var parts = new ConsensusParts(rule);
        return new HeaderProfile(name, format, genesis, limit.Work, parts, CheckHeight);
    }

    private static Verdict CheckHeight(BlockHeader header, BlockHeader parent) => BlockRules.CheckHeight(header.Height, parent.Height);
}
