using System.Security.Cryptography;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Headers.Bitcoin;

namespace Coniunctum.Node.Tests.Headers;

public sealed class BitcoinHeaderTests
{
    /// <summary>Blocks 1 to 255 of Bitcoin's main chain.</summary>
    internal static byte[][] Real { get; } =
        [.. VectorFile.ReadLines("bitcoin/headers_1_255.csv").Skip(1).Select(line => Convert.FromHexString(line.Split(',')[1]))];

    [Test]
    public void Genesis_IsBitcoins()
    {
        HeaderProfile profile = BitcoinHeaders.Main;
        Assert.That(profile.Format.Show(profile.Genesis.Id), Is.EqualTo("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"));
        Assert.That(profile.GenesisWeight.ToString(), Is.EqualTo("4295032833"));
    }

    [Test]
    public void ReadAndToBytes_RealHeaders_AreTheSameBytes()
    {
        Assert.That(Real, Has.Length.EqualTo(255));
        foreach (byte[] bytes in Real) Assert.That(BitcoinHeader.Read(bytes).ToBytes(), Is.EqualTo(bytes));
    }

    [Test]
    public void ReadAll_RealHeaders_HaveTheIdentitiesThatTheirHashesAndTheirChildrenSay()
    {
        HeaderReading[] readings = ReadAll(Real, 1);
        Assert.That(readings[0].Header.Id.ToString(), Is.EqualTo("00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048"));
        for (int i = 0; i < readings.Length; i++)
        {
            HeaderView header = readings[i].Header;
            Assert.That(BitcoinHeader.Reversed(SHA256.HashData(SHA256.HashData(Real[i]))), Is.EqualTo(header.Digest));
            Assert.That(header.Height, Is.EqualTo((ulong)i + 1));
            if (i + 1 < readings.Length) Assert.That(readings[i + 1].Header.Header.Previous, Is.EqualTo(header.Id));
        }
    }

    [Test]
    public void ReadAll_LineOfAnotherLength_IsMalformedAndThoseBeforeAreRead()
    {
        HeaderReading[] readings = ReadAll([Real[0], Real[1], Real[2][..79], Real[3]], 1);
        Assert.That(readings.Take(2).Select(reading => reading.Verdict), Is.All.EqualTo(Verdict.Valid));
        Assert.That(readings[2].Fault, Does.Contain("80 bytes, not 79"));
        Assert.That(readings[2].Verdict.IsValid, Is.False);
        Assert.That(ReadAll([[]], 1)[0].Fault, Does.Contain("80 bytes, not 0"));
    }

    [TestCase(0x1d80ffffu, "negative")]
    [TestCase(0x2200ffffu, "more than 256 bits")]
    [TestCase(0x1d000000u, "zero")]
    [TestCase(0x00123456u, "zero")]
    [TestCase(0x1e0000ffu, "another form")]
    public void ReadAll_BitsThatAreNoTarget_BreakTheRuleOfTargets(uint bits, string reason)
    {
        byte[] bytes = (BitcoinHeader.Read(Real[0]) with { Bits = new CompactTarget(bits) }).ToBytes();
        HeaderReading reading = ReadAll([bytes], 1)[0];
        Assert.That((reading.Verdict.Kind, reading.Verdict.Rule), Is.EqualTo((VerdictKind.Invalid, BlockRule.TargetWrong)));
        Assert.That(reading.Verdict.Found.ToString(), Does.Contain(reason));
    }

    internal static HeaderReading[] ReadAll(byte[][] headers, ulong firstHeight)
    {
        var readings = new HeaderReading[headers.Length];
        BitcoinHeaders.Main.Format.ReadAll(headers.SelectMany(bytes => bytes).ToArray(), [.. headers.Select(bytes => bytes.Length)], firstHeight, readings);
        return readings;
    }
}
