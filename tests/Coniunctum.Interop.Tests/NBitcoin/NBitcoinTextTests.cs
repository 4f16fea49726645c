using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Interop.Tests.Support;
using NBitcoin.DataEncoders;

namespace Coniunctum.Interop.Tests.NBitcoin;

/// <summary>Addresses in Bech32m (BIP-350).</summary>
[Category("Long")]
public sealed class NBitcoinTextTests
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7lbio1Q";

    [Test]
    public void Address_AnyHashAndPrefix_HasTheSameText()
    {
        var comparison = new Comparison(Packages.NBitcoin, 350);
        int rounds = Comparison.Count(3_000, 500_000);
        for (int i = 0; i < rounds; i++)
        {
            string prefix = Prefix(comparison.Random);
            byte[] hash = comparison.Bytes(Hash256.Size);
            var encoder = new Bech32Encoder(Encoding.ASCII.GetBytes(prefix));
            string theirs = encoder.EncodeRaw(ToFives(hash), Bech32EncodingType.BECH32M);
            comparison.Same(new Address(new Hash256(hash)).ToText(prefix), theirs, "address", hash);
            comparison.Same<Hash256?>(Address.TryParse(theirs, prefix, out Address parsed) ? parsed.Value : null, new Hash256(hash), "parsed address", theirs);
        }

        comparison.End(2 * rounds);
    }

    [Test]
    public void Parse_TextsChangedSomewhere_AreValidAlike()
    {
        var comparison = new Comparison(Packages.NBitcoin, 351);
        int rounds = Comparison.Count(8_000, 500_000);
        int valid = 0;
        for (int i = 0; i < rounds; i++)
        {
            string prefix = i % 2 == 0 ? "cn" : Prefix(comparison.Random);
            var encoder = new Bech32Encoder(Encoding.ASCII.GetBytes(prefix));
            byte[] values = ToFives(comparison.Bytes(Hash256.Size));
            if (i % 16 == 0) values[^1] |= (byte)comparison.Random.Next(1, 16);
            // The older checksum of BIP-173 must not pass for the newer.
            string text = encoder.EncodeRaw(values, i % 8 == 0 ? Bech32EncodingType.BECH32 : Bech32EncodingType.BECH32M);
            text = Change(comparison.Random, text, i % 5);
            bool ours = Address.TryParse(text, prefix, out Address parsed);
            byte[]? theirs = Decode(encoder, text);
            // What the text holds is 256 bits in groups of five and four zero bits.
            bool holds = theirs is { Length: 52 } && (theirs[^1] & 15) == 0;
            comparison.Same(ours, holds, $"prefix {prefix}", text);
            if (!ours || !holds) continue;
            valid++;
            comparison.Same(ToFives(parsed.Value.ToArray()), theirs!, "address", text);
        }

        Assert.That(valid, Is.InRange(rounds / 8, rounds / 2));
        comparison.End(rounds);
    }

    private static byte[]? Decode(Bech32Encoder encoder, string text)
    {
        try
        {
            byte[] values = encoder.DecodeDataRaw(text, out Bech32EncodingType type);
            return type == Bech32EncodingType.BECH32M ? values : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Change(Random random, string text, int kind)
    {
        int at = random.Next(text.Length);
        return kind switch
        {
            1 => text[..at] + Alphabet[random.Next(Alphabet.Length)] + text[(at + 1)..],
            2 => text[..at] + "q" + text[at..],
            3 => text.Remove(at, 1),
            4 => random.Next(2) == 0 ? text.ToUpperInvariant() : text[..at] + char.ToUpperInvariant(text[at]) + text[(at + 1)..],
            _ => text,
        };
    }

    private static string Prefix(Random random) => new([.. Enumerable.Range(0, random.Next(1, Address.MaxPrefixLength + 1)).Select(_ => (char)random.Next('a', 'z' + 1))]);

    private static byte[] ToFives(byte[] bytes)
    {
        byte[] fives = new byte[52];
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) fives[bit / 5] |= (byte)(0x10 >> (bit % 5));
        }

        return fives;
    }
}
