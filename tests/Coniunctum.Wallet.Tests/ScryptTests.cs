using System.Text;

namespace Coniunctum.Wallet.Tests;

public sealed unsafe class ScryptTests
{
    // RFC 7914 §12; the fourth vector is in ScryptMemoryTests, for its memory.
    [TestCase("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [TestCase("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [TestCase("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void DeriveKey_PublishedVectors_AllMatch(string password, string salt, int n, int r, int p, string expected)
    {
        byte[] key = new byte[64];
        Scrypt.DeriveKey(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(n, r, p), key);
        Assert.That(Convert.ToHexStringLower(key), Is.EqualTo(expected));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(8)]
    [TestCase(13)]
    public void Mix_InVectors_IsThatOfWords(int r)
    {
        const int seed = 7914;
        var random = new Random(seed + r);
        int words = 32 * r;
        uint[] blocks = Words();
        uint[] others = Words();
        foreach (bool withOthers in (bool[])[false, true])
        {
            uint[] expected = new uint[words];
            uint[] mixed = new uint[words];
            uint[] blocksTurned = Turn(blocks);
            uint[] othersTurned = Turn(others);
            fixed (uint* a = blocks, b = others, c = expected, ta = blocksTurned, tb = othersTurned, tc = mixed)
            {
                ScryptMix.MixWords(a, withOthers ? b : null, c, r);
                ScryptMix.MixVectors(ta, withOthers ? tb : null, tc, r);
            }

            Assert.That(mixed, Is.EqualTo(Turn(expected)), $"seed {seed}");
        }

        uint[] Words()
        {
            uint[] result = new uint[words];
            random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(result.AsSpan()));
            return result;
        }

        // A vector holds a diagonal: words 0, 5, 10, 15 come first.
        static uint[] Turn(uint[] words) => [.. words.Select((_, i) => words[(i & ~15) + (5 * (i & 15) % 16)])];
    }

    [Test]
    public void DeriveKey_TellsProgress_FromZeroToOneWithoutStepsBack()
    {
        var told = new List<double>();
        Scrypt.DeriveKey("p"u8, "s"u8, new ScryptCost(1 << 10, 2, 3), new byte[32], new Progress(told.Add));

        Assert.That(told, Has.Count.GreaterThan(100));
        Assert.That(told, Is.Ordered.And.All.InRange(0.0, 1.0));
        Assert.That(told[^1], Is.EqualTo(1.0));
    }

    [Test]
    public void DeriveKey_WhenCancelled_StopsWithoutAKey()
    {
        using var stop = new CancellationTokenSource();
        byte[] key = new byte[32];
        int told = 0;
        var progress = new Progress(_ =>
        {
            if (++told == 10) stop.Cancel();
        });

        Assert.That(
            () => Scrypt.DeriveKey("p"u8, "s"u8, ScryptCost.Light, key, progress, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(told, Is.EqualTo(10));
        Assert.That(key, Is.All.Zero);
    }

    // n no power of two; 2 GiB; 2⁴⁰ bytes; negative; too much work; too much state; products that overflow 32 and 64 bits.
    [TestCase(0, 8, 1)]
    [TestCase(1, 8, 1)]
    [TestCase(3, 8, 1)]
    [TestCase(-2147483648, 8, 1)]
    [TestCase(1 << 21, 8, 1)]
    [TestCase(1 << 30, 8, 1)]
    [TestCase(1 << 20, 8192, 1)]
    [TestCase(2, 0, 1)]
    [TestCase(2, 8, 0)]
    [TestCase(2, -8, -1)]
    [TestCase(1 << 18, 8, 17)]
    [TestCase(2, 1, 8193)]
    [TestCase(1 << 30, int.MaxValue, int.MaxValue)]
    public void Cost_BeyondTheLimits_IsRefusedBeforeAnythingIsAllocated(int n, int r, int p)
    {
        var cost = new ScryptCost(n, r, p);
        Assert.That(cost.IsWithinLimits, Is.False);
        Assert.That(() => Scrypt.DeriveKey(default, default, cost, new byte[32]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase(1 << 20, 8, 1)]
    [TestCase(1 << 18, 8, 16)]
    [TestCase(2, 1, 8192)]
    public void Cost_AtTheLimits_IsAllowed(int n, int r, int p) => Assert.That(new ScryptCost(n, r, p).IsWithinLimits, Is.True);

    [Test]
    public void Default_IsAboveOwaspsMinimum_AndLightIsNot()
    {
        Assert.That(ScryptCost.Default, Is.EqualTo(new ScryptCost(262144, 8, 1)));
        Assert.That(ScryptCost.Default.MemoryBytes, Is.EqualTo(268_435_456));
        Assert.That(ScryptCost.Default.IsWeak, Is.False);
        Assert.That(new ScryptCost(1 << 17, 8, 1).IsWeak, Is.False);
        Assert.That(new ScryptCost(1 << 16, 8, 1).IsWeak, Is.True);
        Assert.That(ScryptCost.Light, Is.EqualTo(new ScryptCost(4096, 8, 1)));
        Assert.That(ScryptCost.Light.IsWeak, Is.True);
    }

    private sealed class Progress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
