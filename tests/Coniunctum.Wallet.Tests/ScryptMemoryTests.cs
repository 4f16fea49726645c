using System.Diagnostics;

namespace Coniunctum.Wallet.Tests;

/// <summary>The vector that takes a gibibyte of memory, the most that is ever used; without the whole size, one of 256 MiB.</summary>
[Category("Long")]
public sealed class ScryptMemoryTests
{
    [Test]
    public void DeriveKey_WithMuchMemory_IsThePublishedKey()
    {
        bool isWhole = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

        // RFC 7914 §12, the fourth vector; the other one is OpenSSL's answer for n = 2¹⁸.
        (int n, string expected) = isWhole
            ? (1 << 20, "2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa478e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4")
            : (1 << 18, "4daa69b752e426e4e62fdfd883f546c1b7b5c14c122474133a1908ec2b0b5893c5112bdd6bd0dad23e36d4df6e700b07d8f0799605f3ecb96d7569bdd4e6252f");
        byte[] key = new byte[64];
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        Scrypt.DeriveKey("pleaseletmein"u8, "SodiumChloride"u8, new ScryptCost(n, 8, 1), key);
        process.Refresh();
        TestContext.Out.WriteLine(Invariant($"n = {n}, r = 8, p = 1: {process.TotalProcessorTime - before:s\\.ff} s of processor time, {new ScryptCost(n, 8, 1).MemoryBytes >> 20} MiB"));
        Assert.That(Convert.ToHexStringLower(key), Is.EqualTo(expected));
    }
}
