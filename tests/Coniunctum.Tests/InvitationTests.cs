using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;

namespace Coniunctum.Tests;

public sealed class InvitationTests
{
    private static readonly string s_node = new NodeId(Sha3_256.Hash([1])).ToString();
    private static readonly string s_source = $"{s_node}@node.example:7770";

    [Test]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var invitation = new Invitation(Profiles.Standard, [s_source, $"{s_node}@[2001:db8::7]:1"]);
        string link = invitation.ToString();
        ProfileOutcome outcome = Invitation.Read($"  {link}\r\n", out Invitation? read);
        Assert.That(outcome.IsValid, outcome.Message);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(link, Does.StartWith($"coniunctum://{s_source},{s_node}@[2001:db8::7]:1/{invitation.ChainId}/"));
            Assert.That(read!.Sources, Is.EqualTo(invitation.Sources));
            Assert.That((read.ChainId, outcome.ChainId), Is.EqualTo((invitation.ChainId, invitation.ChainId)));
            Assert.That(read.Profile.Parameters, Is.EqualTo(Profiles.Standard.Parameters));
            Assert.That(read.ToString(), Is.EqualTo(link));
        }
    }

    [Test]
    public void Read_OfAChainIdOfAnotherChain_IsRefused()
    {
        string link = new Invitation(Profiles.Standard, [s_source]).ToString();
        string other = new Invitation(Profiles.Int32Coin, [s_source]).ToString();
        ProfileOutcome outcome = Invitation.Read(link.Replace(link.Split('/')[3], other.Split('/')[3], StringComparison.Ordinal), out Invitation? read);
        Assert.That((outcome.Fault, read), Is.EqualTo((ProfileFault.OtherChain, (Invitation?)null)));
    }

    [TestCase("https://node.example/")]
    [TestCase("coniunctum://")]
    [TestCase("coniunctum://node.example:1")]
    [TestCase("coniunctum://node.example:1/00/AAAA")]
    public void Read_OfSomethingElse_IsRefused(string text) => Assert.That(Invitation.Read(text, out _).Fault, Is.EqualTo(ProfileFault.Malformed));

    [Test]
    public void Read_OfALinkThatIsCutOffAnywhere_IsRefused()
    {
        string link = new Invitation(Profiles.Standard, [s_source]).ToString();
        for (int length = 0; length < link.Length; length++) Assert.That(Invitation.Read(link[..length], out _).IsValid, Is.False, Invariant($"{length} characters"));
    }

    [TestCase("node.example:1")]
    [TestCase("node.example")]
    public void Constructor_GivenANodeWithoutItsId_Throws(string source) =>
        Assert.That(() => new Invitation(Profiles.Standard, [source]), Throws.ArgumentException.With.Message.Contains("node1…@host:port"));

    [TestCase(0)]
    [TestCase(17)]
    public void Constructor_GivenNoOrTooManyNodes_Throws(int count) =>
        Assert.That(() => new Invitation(Profiles.Standard, Enumerable.Repeat(s_source, count)), Throws.ArgumentException.With.Message.Contains("1 to 16"));
}
