using System.Globalization;

namespace Coniunctum;

/// <summary>
/// Runs before every other test of its assembly. Where the run was asked to take place under a culture (tests/cultures does so),
/// it must really be in force: a machine without ICU would pass everything under the invariant one.
/// </summary>
[SetUpFixture]
public sealed class CultureInForce
{
    private static string? Wanted => Environment.GetEnvironmentVariable("CONIUNCTUM_CULTURE");

    [OneTimeSetUp]
    public async Task CurrentCulture_IsTheOneThatWasAskedFor()
    {
        if (string.IsNullOrEmpty(Wanted)) return;
        AssertInForce();
        await Task.Run(AssertInForce);
    }

    private static void AssertInForce()
    {
        var culture = CultureInfo.CurrentCulture;
        Assert.That(culture.Name, Is.EqualTo(Wanted));
        switch (culture.Name)
        {
            case "sv-SE":
                Assert.That(culture.NumberFormat.NegativeSign, Is.EqualTo("\u2212"), "the minus sign of ICU's sv-SE");
                break;
            case "ar-EG":
                Assert.That(culture.NumberFormat.NegativeSign, Is.EqualTo("\u061C-"), "ICU's ar-EG puts a mark of direction before the minus sign");
                break;
            case "tr-TR":
                Assert.That("i".ToUpper(culture), Is.EqualTo("\u0130"), "the capital of tr-TR's dotted i");
                break;
        }
    }
}
