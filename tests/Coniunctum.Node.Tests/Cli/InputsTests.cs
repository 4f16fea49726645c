using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

public sealed class InputsTests
{
    [TestCase("1ms", 1)]
    [TestCase("100ms", 100)]
    [TestCase("2.5s", 2_500)]
    [TestCase("0.001s", 1)]
    [TestCase("1m", 60_000)]
    [TestCase("60m", 3_600_000)]
    public void Duration_InItsForm_IsRead(string text, int milliseconds) =>
        Assert.That(Inputs.Duration(text), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));

    [TestCase("")]
    [TestCase("1")]
    [TestCase("1 s")]
    [TestCase("1h")]
    [TestCase("1e3s")]
    [TestCase(".5s")]
    [TestCase("99999999m")]
    [TestCase("0.0001s")]
    public void Duration_InAnotherForm_IsRefused(string text) =>
        Assert.That(() => Inputs.Duration(text), Throws.TypeOf<BadInputException>());

    [TestCase("0", 0UL)]
    [TestCase("18446744073709551615", ulong.MaxValue)]
    public void Number_AtALimit_IsRead(string text, ulong value) =>
        Assert.That(Inputs.Number(text, 0, ulong.MaxValue), Is.EqualTo(value));

    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1,000")]
    [TestCase("0x10")]
    [TestCase("")]
    public void Number_InAnotherForm_IsRefused(string text) =>
        Assert.That(() => Inputs.Number(text, 0, ulong.MaxValue), Throws.TypeOf<BadInputException>());
}
