using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;

namespace Coniunctum.P2P.Tests.Identity;

public sealed class NodeIdTests
{

    [Test]
    public void Of_AKey_IsTheHashOfXAndY()
    {
        using NodeKey key = TestKeys.Node(1);
        Assert.That(key.Id.Value, Is.EqualTo(Sha3_256.Hash(key.PublicKey.AsSpan())));
        Assert.That(key.Id, Is.EqualTo(NodeId.Of(key.PublicKey)));
    }

    [Test]
    public void Of_NoKey_Throws() => Assert.That(() => NodeId.Of(default), Throws.ArgumentException);

    [Test]
    public void Text_ReadBack_IsTheSameNode_InEitherCase()
    {
        using NodeKey key = TestKeys.Node(7);
        string text = key.Id.ToString();
        Assert.That(text, Does.StartWith("node1").And.Length.EqualTo(63));
        Assert.That(NodeId.Parse(text), Is.EqualTo(key.Id));
        Assert.That(NodeId.Parse(text.ToUpperInvariant()), Is.EqualTo(key.Id));
    }

    [Test]
    public void Text_WithOneCharacterChanged_IsRefused()
    {
        using NodeKey key = TestKeys.Node(7);
        string text = key.Id.ToString();
        for (int i = 5; i < text.Length; i++)
        {
            string changed = text[..i] + (text[i] == 'q' ? 'p' : 'q') + text[(i + 1)..];
            Assert.That(NodeId.TryParse(changed, out NodeId id), Is.False, changed);
            Assert.That(id.IsDefault);
        }
    }

    [Test]
    public void Parse_AnAddressOfANetwork_SaysThatItIsNoNode() =>
        Assert.That(() => NodeId.Parse(new Address(Hash256.Zero).ToText("con")), Throws.TypeOf<FormatException>().With.Message.Contains("'con1'"));
}
