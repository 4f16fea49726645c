namespace Coniunctum.Wallet.Tests;

public sealed class WipeTests
{
    [Test]
    public async Task Memory_AfterDisposing_HoldsOnlyWhatWasForgotten()
    {
        string answer = await KeyChild.AskAsync("memory");
        if (answer == "not Linux") Assert.Ignore("The scan reads /proc.");
        await TestContext.Out.WriteLineAsync(answer);

        // While they are in use, the keys are found: the scan sees them. A copy that was left on purpose is found to the end.
        string[] parts = answer.Split("; ");
        Assert.That(parts[0], Does.Contain("key").And.Contain("entropy").And.Contain("child key").And.Contain("PEM"));
        Assert.That(parts[1], Is.EqualTo("after: forgotten"));
    }
}
