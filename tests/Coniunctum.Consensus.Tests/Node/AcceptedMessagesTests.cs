using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.Node;

public sealed class AcceptedMessagesTests
{
    private readonly Hash256[] _contents = [.. Enumerable.Range(1, 3).Select(number => World.Owner((byte)number).Value)];

    [Test]
    public void TryAdd_OfAThirdContent_IsRefused_AndTheFirstTwoStay()
    {
        var accepted = new AcceptedMessages();
        var key = new TopicKey(5, World.Owner(1), 2);
        Assert.That(_contents.Select(content => accepted.TryAdd("said", key, content)), Is.EqualTo(new[] { true, true, false }));
        Assert.That(accepted.TryAdd("said", key, _contents[0]), Is.False);
        Assert.That(_contents.Select(content => accepted.Has("said", key, content)), Is.EqualTo(new[] { true, true, false }));
        foreach ((string topic, TopicKey other) in new[] { ("sung", key), ("said", key with { Slot = 6 }), ("said", key with { Kind = 3 }), ("said", key with { Author = World.Owner(2) }) })
        {
            Assert.That(accepted.IsFull(topic, other), Is.False);
            Assert.That(accepted.TryAdd(topic, other, _contents[2]), Is.True);
        }
    }

    [Test]
    public void TryAdd_OfOneAuthorWithoutEnd_ForgetsItsOwnOldestAlone()
    {
        var accepted = new AcceptedMessages();
        accepted.TryAdd("said", new TopicKey(0, World.Owner(2), 1), _contents[0]);
        for (ulong slot = 0; slot < 129; slot++) accepted.TryAdd("said", new TopicKey(slot, World.Owner(1), 1), _contents[0]);
        Assert.That(accepted.Has("said", new TopicKey(0, World.Owner(1), 1), _contents[0]), Is.False);
        Assert.That(accepted.Has("said", new TopicKey(1, World.Owner(1), 1), _contents[0]), Is.True);
        Assert.That(accepted.Has("said", new TopicKey(0, World.Owner(2), 1), _contents[0]), Is.True);
    }

    [Test]
    public void TryAdd_OfAuthorsWithoutEnd_ForgetsTheOldestAuthor()
    {
        var accepted = new AcceptedMessages();
        Address[] authors = [.. Enumerable.Range(0, 1_025).Select(number => new Address(Sha3_256.Hash([(byte)number, (byte)(number >> 8)])))];
        foreach (Address author in authors) accepted.TryAdd("said", new TopicKey(0, author, 1), _contents[0]);
        Assert.That(authors.Select(author => accepted.Has("said", new TopicKey(0, author, 1), _contents[0])), Is.EqualTo(new[] { false }.Concat(Enumerable.Repeat(true, 1_024))));
    }
}
