namespace Coniunctum.Crypto.Tests;

public sealed class AddressTests
{
    private const string Prefix = "coni";
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    private static readonly Address Sample = new(Sha3_256.Hash("sample"u8));

    private static readonly Dictionary<AddressFault, Func<string>> FaultyTexts = new()
    {
        [AddressFault.InvalidCharacter] = () => Replace(Sample.ToText(Prefix), 10, 'b'),
        [AddressFault.MixedCase] = () => Replace(Sample.ToText(Prefix), 0, 'C'),
        [AddressFault.MissingPrefix] = () => Sample.ToText(Prefix)[4..],
        [AddressFault.OtherPrefix] = () => Sample.ToText("test"),
        [AddressFault.WrongLength] = () => Sample.ToText(Prefix)[..^1],
        [AddressFault.BadChecksum] = () => Replace(Sample.ToText(Prefix), 20, Other(Sample.ToText(Prefix)[20])),
        [AddressFault.NonZeroPadding] = () =>
        {
            byte[] values = new byte[52];
            values[51] = 1;
            return Bech32m.Encode(Prefix, values);
        },
    };

    [Test]
    public void ToText_ThenTryParse_GivesTheAddressBack()
    {
        const int Seed = 20260602;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(bytes);
            var address = new Address(new Hash256(bytes));
            string text = address.ToText(Prefix);

            Assert.That(text, Has.Length.EqualTo(4 + 1 + 52 + 6));
            Assert.That(text, Does.StartWith("coni1"));
            AssertReads(text, address);
            AssertReads(text.ToUpperInvariant(), address);
        }
    }

    [Test]
    public void ToText_RootAndAllOnes_FillTheWholeRange()
    {
        byte[] ones = new byte[32];
        Array.Fill(ones, byte.MaxValue);
        var last = new Address(new Hash256(ones));

        Assert.That(Address.Root.IsRoot, Is.True);
        Assert.That(last.IsRoot, Is.False);
        Assert.That(Address.Root.ToText(Prefix), Does.StartWith("coni1" + new string('q', 52)));
        Assert.That(last.ToText(Prefix), Does.StartWith("coni1" + new string('l', 51) + "s")); // 1 and four zero bits
        AssertReads(last.ToText(Prefix), last);
    }

    [Test]
    public void TryParse_EveryFault_HasACaseThatGivesIt()
    {
        foreach (AddressFault fault in Enum.GetValues<AddressFault>())
        {
            if (fault is AddressFault.Unchecked or AddressFault.None) continue;
            string text = FaultyTexts[fault]();

            AddressOutcome outcome = Address.Read(text, Prefix, out Address address);

            Assert.That(outcome.Fault, Is.EqualTo(fault), text);
            Assert.That(outcome.Message, Is.Not.Empty);
            Assert.That(address, Is.EqualTo(Address.Root));
        }
    }

    [Test]
    public void TryParse_OtherNetworksPrefix_NamesBoth()
    {
        AddressOutcome outcome = Address.Read(Sample.ToText("test"), Prefix, out _);

        Assert.That(outcome.Message, Does.Contain("'test1'").And.Contain("'coni1'"));
    }

    [Test]
    public void TryParse_InvalidCharacter_NamesItAndItsPlace()
    {
        AddressOutcome outcome = Address.Read(Replace(Sample.ToText(Prefix), 10, 'b'), Prefix, out _);

        Assert.That(outcome.Position, Is.EqualTo(10));
        Assert.That(outcome.Message, Does.Contain("Character 11, 'b'"));
    }

    [Test]
    public void TryParse_AnyOneCharacterMistyped_PointsAtIt()
    {
        string text = Sample.ToText(Prefix);
        for (int position = Prefix.Length + 1; position < text.Length; position++)
        {
            foreach (char character in Alphabet)
            {
                if (character == text[position]) continue;
                AddressOutcome outcome = Address.Read(Replace(text, position, character), Prefix, out _);
                Assert.That((outcome.Fault, outcome.Position), Is.EqualTo((AddressFault.BadChecksum, position)));
            }
        }
    }

    [Test]
    public void TryParse_AnyTwoCharactersMistyped_PointsAtBoth()
    {
        const int Seed = 20261121;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        string text = Sample.ToText(Prefix);
        for (int first = Prefix.Length + 1; first < text.Length; first++)
        {
            for (int second = first + 1; second < text.Length; second++)
            {
                string mistyped = Replace(Replace(text, first, Another(text[first])), second, Another(text[second]));
                AddressOutcome outcome = Address.Read(mistyped, Prefix, out _);
                Assert.That((outcome.Fault, outcome.Position), Is.EqualTo((AddressFault.BadChecksum, first)));
                Assert.That(outcome.Message, Does.Contain(Invariant($"characters {first + 1} and {second + 1} first")));
            }
        }

        char Another(char character)
        {
            char other = Alphabet[random.Next(Alphabet.Length)];
            return other == character ? Other(character) : other;
        }
    }

    [Test]
    public void TryParse_UpTo4CharactersMistyped_IsAlwaysNoticed()
    {
        const int Seed = 20260603;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int i = 0; i < 500; i++)
        {
            char[] text = Sample.ToText(Prefix).ToCharArray();
            for (int wrong = random.Next(1, 5); wrong > 0; wrong--)
            {
                int position = random.Next(Prefix.Length + 1, text.Length);
                text[position] = Other(text[position]);
            }

            if (text.AsSpan().SequenceEqual(Sample.ToText(Prefix))) continue; // two mistakes undid each other
            Assert.That(Address.Read(text, Prefix, out _).Fault, Is.EqualTo(AddressFault.BadChecksum));
        }
    }

    [Test]
    public void TryParse_EmptyOrHuge_IsRefused()
    {
        Assert.That(Address.Read("", Prefix, out _).Fault, Is.EqualTo(AddressFault.MissingPrefix));
        Assert.That(Address.Read(new string('q', 1_000_000), Prefix, out _).Fault, Is.EqualTo(AddressFault.WrongLength));
    }

    [Test]
    public void ToText_PrefixLimit_Is31Characters()
    {
        Assert.That(Address.MaxPrefixLength, Is.EqualTo(31));
        Assert.That(Sample.ToText(new string('p', 31)), Has.Length.EqualTo(90));
        AssertReads(Sample.ToText(new string('p', 31)), Sample, new string('p', 31));
        Assert.That(() => Sample.ToText(new string('p', 32)), Throws.ArgumentException);
        Assert.That(() => Sample.ToText("Coni"), Throws.ArgumentException);
        Assert.That(() => Address.Read("x", "", out _), Throws.ArgumentException);
    }

    [Test]
    public void Default_Outcome_IsNotValid()
    {
        AddressOutcome outcome = default;

        Assert.That(outcome.IsValid, Is.False);
        Assert.That(outcome.Fault, Is.EqualTo(AddressFault.Unchecked));
    }

    [Test]
    public void Compare_Addresses_OrderAsTheirHashes()
    {
        var low = new Address(Hash256.Parse(new string('0', 63) + "1"));
        var high = new Address(Hash256.Parse("1" + new string('0', 63)));

        Assert.That(low < high && low <= high && high > low && high >= low && low != high, Is.True);
        Assert.That(low.CompareTo(high), Is.Negative);
        Assert.That(low.Equals((object)new Address(low.Value)), Is.True);
        Assert.That(low.GetHashCode(), Is.EqualTo(new Address(low.Value).GetHashCode()));
        Assert.That(low.ToString(), Is.EqualTo(new string('0', 63) + "1"));
    }

    private static void AssertReads(string text, Address expected, string prefix = Prefix)
    {
        AddressOutcome outcome = Address.Read(text, prefix, out Address read);
        Assert.That(outcome.Fault, Is.EqualTo(AddressFault.None), outcome.Message);
        Assert.That(read, Is.EqualTo(expected));
    }

    private static string Replace(string text, int position, char character) =>
        string.Concat(text.AsSpan(0, position), [character], text.AsSpan(position + 1));

    private static char Other(char character) => character == 'q' ? 'p' : 'q';
}
