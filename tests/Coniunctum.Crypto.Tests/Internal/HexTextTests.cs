using System.Text;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Crypto.Tests.Internal;

public sealed class HexTextTests
{
    [TestCase("00ff", "00ff")]
    [TestCase("0x00ff", "00ff")]
    [TestCase("0X00FF", "00FF")]
    [TestCase(" \t0x00ff\r\n", "00ff")]
    [TestCase("0x", "")]
    [TestCase("0", "0")]
    [TestCase("", "")]
    [TestCase("x0", "x0")]
    [TestCase("0x0x00", "0x00")]
    public void Digits_OfEverySpelling_AreTheSame(string text, string expected)
    {
        Assert.That(HexText.Digits(text).ToString(), Is.EqualTo(expected));
        Assert.That(Encoding.UTF8.GetString(HexText.Digits(Encoding.UTF8.GetBytes(text))), Is.EqualTo(expected));
    }
}
