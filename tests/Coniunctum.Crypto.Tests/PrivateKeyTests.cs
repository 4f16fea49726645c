using System.Numerics;
using System.Reflection;

namespace Coniunctum.Crypto.Tests;

public sealed class PrivateKeyTests
{
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;

    [Test]
    public void TryCreate_NumbersInRange_KeepsThemAndDerivesThePublicKey()
    {
        foreach (BigInteger k in new[] { 1, 2, Curve.N / 2, Curve.N - 1 })
        {
            Assert.That(PrivateKey.Read(CurveOracle.ToBytes(k), out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
            byte[] copy = new byte[32];
            key!.CopyTo(copy);
            (BigInteger x, BigInteger y) = Curve.Multiply(k, Curve.Generator)!.Value;
            Assert.That(CurveOracle.FromBytes(copy), Is.EqualTo(k));
            Assert.That(key.PublicKey.AsSpan().ToArray(), Is.EqualTo((byte[])[.. CurveOracle.ToBytes(x), .. CurveOracle.ToBytes(y)]));
        }
    }

    [Test]
    public void TryCreate_NumbersOutOfRange_AreRefused()
    {
        Assert.That(PrivateKey.Read(new byte[32], out PrivateKey? key), Is.EqualTo(KeyOutcome.Zero));
        Assert.That(key, Is.Null);
        Assert.That(PrivateKey.Read(CurveOracle.ToBytes(Curve.N), out key), Is.EqualTo(KeyOutcome.OutOfRange));
        Assert.That(key, Is.Null);
        Assert.That(PrivateKey.Read(CurveOracle.ToBytes(BigInteger.Pow(2, 256) - 1), out _), Is.EqualTo(KeyOutcome.OutOfRange));
        Assert.That(PrivateKey.Read(new byte[31], out _), Is.EqualTo(KeyOutcome.WrongLength));
        Assert.That(PrivateKey.Read(new byte[33], out _), Is.EqualTo(KeyOutcome.WrongLength));
        Assert.That(PrivateKey.Read([], out _), Is.EqualTo(KeyOutcome.WrongLength));
    }

    [Test]
    public void Generate_DrawsOutOfRange_AreDrawnAgain()
    {
        var entropy = new ScriptedEntropy(new byte[32], CurveOracle.ToBytes(Curve.N), CurveOracle.ToBytes(77));
        using var key = PrivateKey.Generate(entropy);
        byte[] copy = new byte[32];
        key.CopyTo(copy);

        Assert.That(CurveOracle.FromBytes(copy), Is.EqualTo((BigInteger)77));
        Assert.That(entropy.Left, Is.Zero);
    }

    [Test]
    public void Generate_SystemEntropy_DiffersEachTime()
    {
        using var first = PrivateKey.Generate(SystemEntropy.Instance);
        using var second = PrivateKey.Generate(SystemEntropy.Instance);

        Assert.That(first.PublicKey, Is.Not.EqualTo(second.PublicKey));
    }

    [Test]
    public void Dispose_WipesTheBytesAndLaterUsesThrow()
    {
        var key = PrivateKey.Generate(SystemEntropy.Instance);
        byte[] inside = (byte[])typeof(PrivateKey).GetField("_bytes", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(key)!;
        Assert.That(inside, Has.Some.Not.Zero);

        key.Dispose();
        key.Dispose();

        byte[] copy = new byte[32];
        Assert.That(inside, Is.All.Zero);
        Assert.That(() => key.CopyTo(copy), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => key.PublicKey, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(copy, Is.All.Zero);
    }

    [Test]
    public void ToString_DoesNotShowTheSecret()
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);

        Assert.That(key.ToString(), Is.EqualTo("PrivateKey"));
    }

    private sealed class ScriptedEntropy(params byte[][] draws) : IEntropySource
    {
        private readonly Queue<byte[]> _draws = new(draws);

        public int Left => _draws.Count;

        public void Fill(Span<byte> destination) => _draws.Dequeue().CopyTo(destination);
    }
}
