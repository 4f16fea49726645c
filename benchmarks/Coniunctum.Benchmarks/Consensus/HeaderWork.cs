using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Headers.Bitcoin;
using NBitcoin;
using BitcoinTarget = NBitcoin.Target;
using Target = Coniunctum.Mining.Difficulty.Target;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>
/// A chain of headers of Bitcoin's kind with an easy limit, from bytes into a checked chain: identity, proof, target, parent and
/// the sum of work. Ours checks the median of times too.
/// </summary>
internal sealed class HeaderWork
{
    /// <summary>One window and a little, so that a retarget is in it.</summary>
    public const int Count = 2_048;

    private const uint LimitBits = 0x207fffff;
    private static readonly TimeSpan s_spacing = TimeSpan.FromMinutes(10);

    private readonly HeaderProfile _profile;
    private readonly NBitcoin.Consensus _consensus;
    private readonly byte[] _first;
    private readonly byte[][] _headers = new byte[Count][];
    private readonly byte[] _all;
    private readonly int[] _lengths = new int[Count];
    private readonly HeaderReading[] _readings = new HeaderReading[Count];

    public HeaderWork()
    {
        var first = new BitcoinHeader(1, default, default, 1_300_000_000, new CompactTarget(LimitBits), 0);
        _profile = BitcoinHeaders.Create("benchmark", new BitcoinRetarget(s_spacing), first);
        _consensus = NBitcoin.Consensus.Main.Clone();
        _consensus.PowLimit = new BitcoinTarget(LimitBits);
        _first = first.ToBytes();
        var tip = new ChainedBlock(new NBitcoin.BlockHeader(_first, _consensus), 0);
        BitcoinHeader last = first;
        for (int i = 0; i < Count; i++)
        {
            last = Mine(last with
            {
                Previous = new BlockId(BitcoinHeader.Reversed(tip.HashBlock.ToBytes())),
                Seconds = last.Seconds + (uint)s_spacing.TotalSeconds,
                Bits = new CompactTarget(tip.GetNextWorkRequired(_consensus).ToCompact()),
            });
            _headers[i] = last.ToBytes();
            _lengths[i] = BitcoinHeader.Bytes;
            tip = new ChainedBlock(new NBitcoin.BlockHeader(_headers[i], _consensus), null, tip);
        }

        _all = [.. _headers.SelectMany(bytes => bytes)];
    }

    public void AddOurs(int count)
    {
        for (int done = 0; done < count; done += Count)
        {
            HeaderTree chain = HeaderTree.FromGenesis(_profile);
            var seals = new SealClaims();
            _profile.Format.ReadAll(_all, _lengths, 1, _readings);
            foreach (HeaderReading reading in _readings) Require(reading.Verdict.IsValid && chain.Add(reading.Header, null, seals).IsValid);
        }
    }

    public void AddTheirs(int count)
    {
        for (int done = 0; done < count; done += Count)
        {
            var tip = new ChainedBlock(new NBitcoin.BlockHeader(_first, _consensus), 0);
            foreach (byte[] bytes in _headers)
            {
                tip = new ChainedBlock(new NBitcoin.BlockHeader(bytes, _consensus), null, tip);
                Require(tip.Validate(_consensus));
            }
        }
    }

    private static BitcoinHeader Mine(BitcoinHeader header)
    {
        _ = header.Bits.Expand(out Target target);
        for (uint nonce = 0; ; nonce++)
        {
            BitcoinHeader mined = header with { Nonce = nonce };
            if (new Target(BitcoinHeader.Reversed(DoubleHash<Sha256>.Hash(mined.ToBytes()).AsSpan())) <= target) return mined;
        }
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("A contender gave a wrong answer.");
    }
}
