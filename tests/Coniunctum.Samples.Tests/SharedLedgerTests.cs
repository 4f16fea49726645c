using SharedLedger;

namespace Coniunctum.Samples.Tests;

/// <summary>The program samples/SharedLedger: four services, of which one is killed while clients write.</summary>
[Category("Long")]
public sealed class SharedLedgerTests
{
    private static readonly string s_items = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? "1000" : "24";

    [Test]
    public async Task Services_OfWhichOneIsKilled_LoseNoItem_AndItCatchesUp()
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(typeof(Consortium).Assembly, ["demo", s_items]);
        await TestContext.Out.WriteLineAsync(output);
        Assert.That(exitCode, Is.Zero, output + errors);
        Assert.That(output, Does.Contain($"{s_items} items accepted").And.Contain("lost: 0"));
    }

    [TestCase("demo", "11")]
    [TestCase("serve", "folder", "5")]
    [TestCase("create", "folder", "127.0.0.1:1")]
    public async Task Program_WithWrongArguments_SaysWhatIsExpected_AndExitsWith2(params string[] arguments)
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(typeof(Consortium).Assembly, arguments);
        Assert.That((exitCode, output), Is.EqualTo((2, "")));
        Assert.That(errors, Does.StartWith("Expected: create FOLDER"));
    }
}
