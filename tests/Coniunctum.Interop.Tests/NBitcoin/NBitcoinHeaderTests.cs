using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Crypto;
using Coniunctum.Interop.Tests.Support;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Headers.Bitcoin;
using NBitcoin;
using BitcoinTarget = NBitcoin.Target;
using BlockHeader = NBitcoin.BlockHeader;
using Target = Coniunctum.Mining.Difficulty.Target;

namespace Coniunctum.Interop.Tests.NBitcoin;

/// <summary>Bitcoin's headers: bytes, identities, targets, work, and which target comes next.</summary>
[Category("Long")]
public sealed class NBitcoinHeaderTests
{
    private const uint EasiestBits = 0x207fffff;

    [Test]
    public void Header_RandomBytes_HasTheSameFieldsAndIdentity()
    {
        var comparison = new Comparison(Packages.NBitcoin, 80);
        int rounds = Comparison.Count(5_000, 1_000_000);
        var readings = new HeaderReading[1];
        for (int i = 0; i < rounds; i++)
        {
            byte[] bytes = comparison.Bytes(BitcoinHeader.Bytes);
            // Bits that are a target, so that the header is read to its end.
            uint bits = ((uint)comparison.Random.Next(3, 33) << 24) | (uint)comparison.Random.Next(0x8000, 0x800000);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(72), bits);
            var theirs = new BlockHeader(bytes, Network.Main);
            BitcoinHeader ours = BitcoinHeader.Read(bytes);
            comparison.Same(ours.Previous.ToString(), theirs.HashPrevBlock.ToString(), "parent", bytes);
            comparison.Same(ours.MerkleRoot.ToString(), theirs.HashMerkleRoot.ToString(), "root", bytes);
            (uint, long, uint, uint) fields = ((uint)theirs.Version, theirs.BlockTime.ToUnixTimeSeconds(), theirs.Bits.ToCompact(), theirs.Nonce);
            comparison.Same<(uint, long, uint, uint)>((ours.Version, ours.Seconds, ours.Bits.Bits, ours.Nonce), fields, "fields", bytes);
            BitcoinHeaders.Main.Format.ReadAll(bytes, [bytes.Length], 1, readings);
            comparison.Same(readings[0].Header.Id.ToString(), theirs.GetHash().ToString(), $"identity ({readings[0].Verdict})", bytes);
        }

        comparison.End(4 * rounds);
    }

    [Test]
    public void CompactTarget_CanonicalForms_AreTheSameNumbersBothWays()
    {
        var comparison = new Comparison(Packages.NBitcoin, 81);
        int perLength = Comparison.Count(300, 100_000);
        for (uint length = 1; length <= 32; length++)
        {
            for (int i = 0; i < perLength; i++)
            {
                uint digits = (uint)(i switch { 0 => 0x8000, 1 => 0x7fffff, 2 => 0xffff, 3 => 0x10000, _ => comparison.Random.Next(0x8000, 0x800000) });
                var compact = new CompactTarget((length << 24) | digits);
                if (compact.Expand(out Target target) != CompactOutcome.Valid) continue;
                var theirs = new BitcoinTarget(compact.Bits);
                comparison.Same(target.ToNumber(), theirs.ToBigInteger(), "target", compact);
                comparison.Same(CompactTarget.From(target).Bits, new BitcoinTarget(target.ToNumber()).ToCompact(), "compact form", compact);
                byte[] number = comparison.Bytes(comparison.Random.Next(1, 33));
                var any = Target.FromNumber(KeysAndDigests.ToNumber(number));
                if (!any.IsZero) comparison.Same(CompactTarget.From(any).Bits, new BitcoinTarget(any.ToNumber()).ToCompact(), "compact form of any number", number);
            }
        }

        comparison.End(60 * perLength);
    }

    // Bitcoin Core refuses a header whose bits have the sign set (arith_uint256::SetCompact); the package takes the sign for the
    // highest of 24 digits. This test fails when that is mended.
    [TestCase(0x1d80ffffu, CompactOutcome.Negative, "80ffff0000000000000000000000000000000000000000000000000000")]
    [TestCase(0x03fab8c4u, CompactOutcome.Negative, "fab8c4")]
    [TestCase(0x0180ff6eu, CompactOutcome.Zero, "80")]
    public void CompactTarget_WithItsSign_IsNoTargetHere_AndPositiveThere(uint bits, CompactOutcome here, string there)
    {
        Assert.That(new CompactTarget(bits).Expand(out _), Is.EqualTo(here));
        Assert.That(Number(bits), Is.EqualTo(BigInteger.Parse("0" + there, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
    }

    [Test]
    public void CompactTarget_AnyBitsWithoutTheSign_AreATargetAlike()
    {
        var comparison = new Comparison(Packages.NBitcoin, 85);
        int rounds = Comparison.Count(20_000, 5_000_000);
        for (int i = 0; i < rounds; i++)
        {
            uint length = (uint)(i % 4 == 0 ? comparison.Random.Next(256) : comparison.Random.Next(36));
            var compact = new CompactTarget((length << 24) | (uint)comparison.Random.Next(1 << 24) >> comparison.Random.Next(24));
            if ((compact.Bits & 0x0080_0000) != 0) continue;
            comparison.Same(compact.Expand(out Target target) == CompactOutcome.Valid ? target.ToNumber() : null, Number(compact.Bits), "target", compact);
        }

        comparison.End(rounds / 2);
    }

    [Test]
    public void Work_OfAnyTarget_IsTheSame()
    {
        var comparison = new Comparison(Packages.NBitcoin, 82);
        int rounds = Comparison.Count(2_000, 300_000);
        BigInteger sum = 0;
        ChainedBlock? tip = null;
        for (int i = 0; i < rounds; i++)
        {
            uint bits = ((uint)comparison.Random.Next(26, 33) << 24) | (uint)comparison.Random.Next(0x8000, 0x800000);
            _ = new CompactTarget(bits).Expand(out Target target);
            BlockHeader header = Network.Main.Consensus.ConsensusFactory.CreateBlockHeader();
            header.Bits = new BitcoinTarget(bits);
            header.HashPrevBlock = tip?.HashBlock ?? uint256.Zero;
            header.Nonce = (uint)i;
            // The sum begins anew now and then, so that it stays a number of 256 bits and small differences show.
            tip = i % 100 == 0 ? new ChainedBlock(header, 0) : new ChainedBlock(header, header.GetHash(), tip);
            sum = i % 100 == 0 ? 0 : sum;
            sum += KeysAndDigests.ToNumber(target.Work.ToBytes().AsSpan());
            comparison.Same(sum, KeysAndDigests.ToNumber(tip.GetChainWork(true).ToBytes(false)), "work", bits);
        }

        comparison.End(rounds);
    }

    [Test]
    public void NextTarget_AfterWindowsOfAnyLength_IsTheSame()
    {
        var comparison = new Comparison(Packages.NBitcoin, 83);
        int rounds = Comparison.Count(400, 40_000);
        const int window = 16;
        // Theirs throws where four times a target has more than 256 bits.
        const uint limitBits = 0x1f7fffff;
        global::NBitcoin.Consensus consensus = Easy(window, TimeSpan.FromMinutes(10), limitBits);
        var rule = new BitcoinRetarget(TimeSpan.FromMinutes(10), window);
        _ = new CompactTarget(limitBits).Expand(out Target limit);
        for (int i = 0; i < rounds; i++)
        {
            uint bits = ((uint)comparison.Random.Next(4, 32) << 24) | (uint)comparison.Random.Next(0x8000, 0x800000);
            _ = new CompactTarget(bits).Expand(out Target target);
            if (target > limit) continue;
            long time = 1_300_000_000;
            long first = time;
            ChainedBlock? tip = null;
            int pace = comparison.Random.Next(1, 4_000);
            for (int height = 0; height < window; height++)
            {
                BlockHeader header = consensus.ConsensusFactory.CreateBlockHeader();
                header.Bits = new BitcoinTarget(bits);
                header.BlockTime = DateTimeOffset.FromUnixTimeSeconds(time);
                header.HashPrevBlock = tip?.HashBlock ?? uint256.Zero;
                tip = tip is null ? new ChainedBlock(header, 0) : new ChainedBlock(header, header.GetHash(), tip);
                if (height < window - 1) time += comparison.Random.Next(-pace / 4, 2 * pace);
            }

            Target ours = rule.After(target, 1_000 * (time - first), limit);
            comparison.Same(CompactTarget.From(ours).Bits, tip!.GetNextWorkRequired(consensus).ToCompact(), Invariant($"next target after {time - first} s"), bits.ToString("x8"));
        }

        comparison.End(rounds / 2);
    }

    [Test]
    public void Chain_OfRightAndWrongHeaders_IsValidAlike()
    {
        var comparison = new Comparison(Packages.NBitcoin, 84);
        int length = Comparison.Count(120, 5_000);
        const int window = 8;
        global::NBitcoin.Consensus consensus = Easy(window, TimeSpan.FromMinutes(10));
        var first = new BitcoinHeader(1, default, default, 1_300_000_000, new CompactTarget(EasiestBits), 0);
        HeaderProfile profile = BitcoinHeaders.Create("test", new BitcoinRetarget(TimeSpan.FromMinutes(10), window), first);
        HeaderTree chain = HeaderTree.FromGenesis(profile);
        var tip = new ChainedBlock(new BlockHeader(first.ToBytes(), consensus), 0);
        BitcoinHeader last = first;
        int refused = 0;
        for (int height = 1; height <= length; height++)
        {
            // A window that is too fast makes the next one harder: from a few dozen hashes a block on, they are slow.
            bool isHard = last.Bits.Bits < 0x1f7fffff;
            uint seconds = last.Seconds + (uint)comparison.Random.Next(isHard ? 700 : 30, 1_340);
            var next = new BitcoinHeader(1, chain.TipId, new Hash256(comparison.Bytes(32)), seconds, new CompactTarget(tip.GetNextWorkRequired(consensus).ToCompact()), 0);
            BitcoinHeader[] candidates =
            [
                Mine(next with { Bits = new CompactTarget(next.Bits.Bits - 1) }),
                Mine(next with { Bits = new CompactTarget(next.Bits.Bits ^ 0x0100) }),
                Mine(next with { Previous = last.Previous }),
                Mine(next, misses: true),
                Mine(next),
            ];
            foreach (BitcoinHeader candidate in candidates)
            {
                byte[] bytes = candidate.ToBytes();
                var header = new BlockHeader(bytes, consensus);
                bool theirs = header.HashPrevBlock == tip.HashBlock && new ChainedBlock(header, null, tip).Validate(consensus);
                var reading = new HeaderReading[1];
                profile.Format.ReadAll(bytes, [bytes.Length], (ulong)height, reading);
                bool ours = reading[0].Verdict.IsValid && chain.Add(reading[0].Header, null, new SealClaims()).IsValid;
                comparison.Same(ours, theirs, Invariant($"header {height}"), bytes);
                if (!ours) refused++;
                if (!theirs) continue;
                tip = new ChainedBlock(header, null, tip);
                last = candidate;
            }

            comparison.Same(KeysAndDigests.ToNumber(chain.Work.ToBytes().AsSpan()), KeysAndDigests.ToNumber(tip.GetChainWork(true).ToBytes(false)), "chain's work", height);
        }

        Assert.That((chain.Tip.Height, refused), Is.EqualTo(((ulong)length, 4 * length)));
        comparison.End(6 * length);
    }

    private static BitcoinHeader Mine(BitcoinHeader header, bool misses = false)
    {
        _ = header.Bits.Expand(out Target target);
        for (uint nonce = 0; ; nonce++)
        {
            byte[] bytes = (header with { Nonce = nonce }).ToBytes();
            byte[] digest = DoubleHash<Sha256>.Hash(bytes).ToArray();
            Array.Reverse(digest);
            if (KeysAndDigests.ToNumber(digest) <= target.ToNumber() != misses) return header with { Nonce = nonce };
        }
    }

    /// <summary>The target that the bits say; none where it is zero, negative, or of more than 256 bits.</summary>
    private static BigInteger? Number(uint bits)
    {
        try
        {
            BigInteger number = new BitcoinTarget(bits).ToBigInteger();
            return number.Sign > 0 && number.GetBitLength() <= 256 ? number : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    private static global::NBitcoin.Consensus Easy(int window, TimeSpan spacing, uint limitBits = EasiestBits)
    {
        global::NBitcoin.Consensus consensus = global::NBitcoin.Consensus.Main.Clone();
        consensus.PowLimit = new BitcoinTarget(limitBits);
        consensus.PowTargetSpacing = spacing;
        consensus.PowTargetTimespan = window * spacing;
        consensus.PowAllowMinDifficultyBlocks = false;
        consensus.PowNoRetargeting = false;
        return consensus;
    }
}
