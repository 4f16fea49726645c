using Coniunctum.Ledger.Formats;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Tests.Dev;

public sealed class CalibrationTests
{
    [TestCase(1_000_000, 1_000, 1UL << 20)]
    [TestCase(1_000_000, 100, 1UL << 17)]
    [TestCase(1_400_000, 1_000, 1UL << 20)]
    [TestCase(1_600_000, 1_000, 1UL << 21)]
    [TestCase(1, 1, 1UL)]
    public void For_ARateAndATime_IsTheNearestPowerOfTwo(double hashesPerSecond, int milliseconds, ulong expected) =>
        Assert.That(Calibration.For(hashesPerSecond, TimeSpan.FromMilliseconds(milliseconds)).ExpectedHashes, Is.EqualTo(expected));

    [Test]
    public void Measure_OnThisMachine_FindsThatItHashes() => Assert.That(
        Calibration.Measure(StandardFormat.Instance, 1, TimeSpan.FromSeconds(1), TimeProvider.System).HashesPerSecond,
        Is.GreaterThan(0));
}
