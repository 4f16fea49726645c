using Coniunctum.Interop.Tests.Support;

namespace Coniunctum.Interop.Tests.Python;

/// <summary>The peer that was written in another language, by itself: what it computes, and that it refuses what is wrong.</summary>
public sealed class PeerScriptTests
{
    [Test]
    public async Task Peer_GivenWhatIsWrong_RefusesEach()
    {
        if (!PythonScript.CanRun) Assert.Ignore(PythonScript.WhyNot);

        (int exitCode, _, string errors) = await PythonScript.RunAsync("peer_test.py");
        Assert.That(exitCode, Is.Zero, errors);
        Assert.That(errors, Does.EndWith("OK\n"));
    }

    [Test]
    public void Peer_HasAtMost300Lines() =>
        Assert.That(File.ReadLines(PythonScript.PathOf("peer.py")).Count(), Is.LessThanOrEqualTo(300));
}
