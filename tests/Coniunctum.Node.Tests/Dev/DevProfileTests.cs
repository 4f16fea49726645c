using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>The chains that are begun: what they follow from, and how they keep their pace. Miners and clock are simulated.</summary>
public sealed class DevProfileTests
{
    private const int Seed = 20261129;
    private const int Window = 30;

    // Hash rates at which the first blocks come as the settings say.
    private const double Rate = 1 << 20;

    /// <summary>Another number of threads, another program beside it, another machine.</summary>
    [Test]
    public void Pace_AfterTheHashRateChanges_IsWhatWasAskedFor([Values(1.0 / 16, 0.25, 4, 50)] double factor, [Values(100, 1_000, 60_000)] int milliseconds)
    {
        var miners = new SimulatedMiners(Of("standard", milliseconds), Seed) { HashesPerSecond = Rate };
        miners.Mine(2 * Window);
        double before = miners.Mine(600);
        miners.HashesPerSecond *= factor;
        double turning = miners.Mine(3 * Window);
        double after = miners.Mine(600);

        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {before:0} ms a block, {turning:0} ms while it turns, {after:0} ms afterwards"));
        Assert.That(before, Is.EqualTo(milliseconds).Within(10).Percent);
        Assert.That(after, Is.EqualTo(milliseconds).Within(10).Percent);
    }

    /// <summary>A chain whose seed was named begins with a target that is not measured.</summary>
    [Test]
    public void Pace_OfAFirstTargetThatDoesNotSuitTheMachine_IsFoundWithinAHundredBlocks([Values(0.1, 30)] double factor)
    {
        var miners = new SimulatedMiners(Of("standard", 1_000), Seed) { HashesPerSecond = Rate * factor };
        miners.Mine(100);
        Assert.That(miners.Mine(600), Is.EqualTo(1_000).Within(10).Percent);
    }

    /// <summary>A night's pause, or a clock that is set forward, is one slow block: what was missed is not made up for.</summary>
    [Test]
    public void Pace_AfterANight_IsHardlyAnother()
    {
        var miners = new SimulatedMiners(Of("standard", 1_000), Seed) { HashesPerSecond = Rate };
        miners.Mine(600);
        miners.Pause(TimeSpan.FromHours(12));
        miners.Mine(1);
        double mean = miners.Mine(2 * Window);
        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {mean:0} ms a block in the two windows behind the pause"));
        Assert.That(mean, Is.EqualTo(1_000).Within(35).Percent);
    }

    /// <summary>Each block that is mined by hand after a wait is a slow one, which makes the target easier; mining all the time finds it again.</summary>
    [Test]
    public void Pace_AfterManyBlocksByHand_IsFoundAgainWithinFiveWindows()
    {
        var miners = new SimulatedMiners(Of("standard", 1_000), Seed) { HashesPerSecond = Rate };
        miners.Mine(2 * Window);
        for (int i = 0; i < 100; i++)
        {
            miners.Pause(TimeSpan.FromMinutes(10));
            miners.Mine(1);
        }

        double turning = miners.Mine(5 * Window);
        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {turning:0} ms a block in the five windows behind a hundred blocks by hand"));
        Assert.That(miners.Mine(600), Is.EqualTo(1_000).Within(10).Percent);
    }

    [Test]
    public void Create_UnderAFormatWithoutTimes_HasATargetThatStays() =>
        Assert.That(((ProofOfWork)Of("int32coin", 1_000).Consensus).Difficulty, Is.InstanceOf<ConstantTarget>());

    [TestCase("standard")]
    [TestCase("int32coin")]
    public void Undrawn_OfAnySettings_HasATargetThatStays_AndAGenesisThatIsYetToBeDrawn(string profile)
    {
        ChainProfile old = With(Settings(profile, 1_000), DevProfile.Undrawn);
        Assert.That(((ProofOfWork)old.Consensus).Difficulty, Is.InstanceOf<ConstantTarget>());
        Assert.That((old.Genesis.IsDrawn, old.Genesis.Salt.IsZero), Is.EqualTo((true, true)));
    }

    /// <summary>Written out, since nothing of a machine or a moment may enter: whoever has the seed has the chain.</summary>
    [TestCase("standard", "8b9503d7740571edd0033d13148a02ee4aa8ecbf41f1cb60529102e9ec904e0b")]
    [TestCase("int32coin", "9cde5a4be19a6e47cfb383296b83520a279f9a60a3e799d47cca8e86b95441bd")]
    public void Create_OfASeed_IsTheSameChainEverywhere(string profile, string expected) =>
        Assert.That(GenesisBlock.Create(Of(profile, 1_000)).Block.Id.ToString(), Is.EqualTo(expected));

    [Test]
    public void Create_OfOtherSettings_IsAnotherChain()
    {
        DevSettings settings = Settings("standard", 1_000);
        DevSettings[] all = [settings, settings with { Seed = 8 }, settings with { Grant = 200_000 }, settings with { BlockTime = TimeSpan.FromSeconds(2) }, settings with { Profile = "int32coin" }];
        Assert.That(all.Select(one => GenesisBlock.Create(With(one, DevProfile.Create)).Block.Id), Is.Unique);
    }

    [TestCase(1, 1UL << 12)]
    [TestCase(1_000, 1UL << 22)]
    [TestCase(60_000, 1UL << 28)]
    public void UsualHashes_OfABlockTime_AreFourMillionASecond(int milliseconds, ulong expected) =>
        Assert.That(DevProfile.UsualHashes(TimeSpan.FromMilliseconds(milliseconds)), Is.EqualTo(expected));

    private static ChainProfile Of(string profile, int milliseconds) => With(Settings(profile, milliseconds), DevProfile.Create);

    private static DevSettings Settings(string profile, int milliseconds) => new(
        profile, 7, 100_000, TimeSpan.FromMilliseconds(milliseconds), Calibration.For(Rate, TimeSpan.FromMilliseconds(milliseconds)).ExpectedHashes);

    private static ChainProfile With(DevSettings settings, Func<DevSettings, IEnumerable<DevAccount>, ChainProfile> make)
    {
        DevAccount[] accounts = DevAccount.Derive(settings.Seed, settings.Base.Signatures);
        try
        {
            return make(settings, accounts);
        }
        finally
        {
            foreach (DevAccount account in accounts) account.Dispose();
        }
    }
}
