namespace Coniunctum.Wallet.Tests;

public sealed class KeyPathTests
{
    [TestCase("m", new uint[0])]
    [TestCase("m/0", new uint[] { 0 })]
    [TestCase("m/44'/60'/0'/0/0", new uint[] { 0x8000002C, 0x8000003C, 0x80000000, 0, 0 })]
    [TestCase("m/2147483647'/1", new uint[] { 0xFFFFFFFF, 1 })]
    public void Parse_APath_GivesItsSteps(string text, uint[] steps)
    {
        Assert.That(KeyPath.TryParse(text, out KeyPath path), Is.True);
        Assert.That(path.Steps, Is.EqualTo(steps));
        Assert.That(path.ToString(), Is.EqualTo(text));
    }

    [TestCase("m/44h/0h")]
    [TestCase("m/44H/0H")]
    [TestCase("m/44\u2019/0\u2019")] // as word processors set an apostrophe
    [TestCase("m/44\u2032/0\u2032")] // a prime
    public void Parse_AnotherSignOfHardened_IsAnApostrophe(string text)
    {
        Assert.That(KeyPath.TryParse(text, out KeyPath path), Is.True);
        Assert.That(path.ToString(), Is.EqualTo("m/44'/0'"));
    }

    [TestCase("", "does not begin with m")]
    [TestCase("/", "does not begin with m")]
    [TestCase("a/0/1/2", "does not begin with m")]
    [TestCase("M/0", "does not begin with m")]
    [TestCase("m0", "does not begin with m")]
    [TestCase("44'/0", "does not begin with m")]
    [TestCase("m/", "Step 1 of the path, at character 3,")]
    [TestCase("m/m/123", "Step 1 of the path, at character 3,")]
    [TestCase("m/0/  1  /2", "Step 2 of the path, at character 5,")]
    [TestCase("m/0/1.5/2", "Step 2 of the path, at character 5,")]
    [TestCase("m/0/1/", "Step 3 of the path, at character 7,")]
    [TestCase("m/0//1", "Step 2 of the path, at character 5,")]
    [TestCase("m/2147483648", "Step 1 of the path")]
    [TestCase("m/-1", "Step 1 of the path")]
    [TestCase("m/+1", "Step 1 of the path")]
    [TestCase("m/1''", "Step 1 of the path")]
    [TestCase("m/'", "Step 1 of the path")]
    [TestCase("m/99999999999999999999", "Step 1 of the path")]
    public void Parse_NoPath_SaysWhichStep(string text, string expected)
    {
        ExtendedKeyOutcome outcome = KeyPath.Read(text, out KeyPath path);
        Assert.That(outcome.Fault, Is.EqualTo(ExtendedKeyFault.InvalidPath));
        Assert.That(outcome.Message, Does.Contain(expected));
        Assert.That(path.Steps, Is.Empty);
    }

    [Test]
    public void Parse_MoreThan255Steps_IsRefused()
    {
        Assert.That(KeyPath.TryParse("m" + string.Concat(Enumerable.Repeat("/1", 255)), out _), Is.True);
        Assert.That(KeyPath.TryParse("m" + string.Concat(Enumerable.Repeat("/1", 256)), out _), Is.False);
        Assert.That(() => new KeyPath([.. Enumerable.Repeat(1u, 256)]), Throws.ArgumentException);
    }

    [Test]
    public void Equality_IsThatOfTheSteps()
    {
        KeyPath path = KeyPath.Default;
        Assert.That(path.ToString(), Is.EqualTo("m/44'/60'/0'/0/0"));
        Assert.That(new KeyPath([.. path.Steps]) == path, Is.True);
        Assert.That(path.Append(0) != path, Is.True);
        Assert.That(default(KeyPath), Is.EqualTo(new KeyPath([])));
        Assert.That(default(KeyPath).GetHashCode(), Is.EqualTo(new KeyPath([]).GetHashCode()));
    }
}
