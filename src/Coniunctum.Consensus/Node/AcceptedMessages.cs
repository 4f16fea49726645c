using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// The contents that were accepted of each key: two at most, of which the second one shows that its author has said two things.
/// Bounded for each author, so that one that signs without end makes this node forget its own contents and no one else's.
/// </summary>
internal sealed class AcceptedMessages
{
    /// <summary>How many contents of a key are passed on.</summary>
    public const int MaxContents = 2;

    /// <summary>How many keys of an author are remembered, the newest ones.</summary>
    public const int MaxKeysOfOne = 128;

    /// <summary>How many authors are remembered.</summary>
    public const int MaxAuthors = 1_024;

    private readonly Dictionary<Address, KeysOfOne> _authors = [];
    private readonly Queue<Address> _order = new();

    /// <summary>Whether a content was accepted.</summary>
    public bool Has(string topic, in TopicKey key, Hash256 content) => Find(topic, key)?.Contains(content) == true;

    /// <summary>Whether a key has as many contents as are passed on.</summary>
    public bool IsFull(string topic, in TopicKey key) => Find(topic, key)?.Count >= MaxContents;

    /// <summary>Adds a content, unless it is here or its key is full.</summary>
    public bool TryAdd(string topic, in TopicKey key, Hash256 content)
    {
        if (!_authors.TryGetValue(key.Author, out KeysOfOne? keys))
        {
            if (_order.Count == MaxAuthors) _authors.Remove(_order.Dequeue());
            _authors.Add(key.Author, keys = new KeysOfOne());
            _order.Enqueue(key.Author);
        }

        List<Hash256> contents = keys.Of((topic, key));
        if (contents.Count >= MaxContents || contents.Contains(content)) return false;
        contents.Add(content);
        return true;
    }

    private List<Hash256>? Find(string topic, in TopicKey key) =>
        _authors.TryGetValue(key.Author, out KeysOfOne? keys) && keys.Contents.TryGetValue((topic, key), out List<Hash256>? contents) ? contents : null;

    private sealed class KeysOfOne
    {
        private readonly Queue<(string Topic, TopicKey Key)> _order = new();

        public Dictionary<(string Topic, TopicKey Key), List<Hash256>> Contents { get; } = [];

        public List<Hash256> Of((string Topic, TopicKey Key) key)
        {
            if (Contents.TryGetValue(key, out List<Hash256>? contents)) return contents;
            if (_order.Count == MaxKeysOfOne) Contents.Remove(_order.Dequeue());
            _order.Enqueue(key);
            Contents.Add(key, contents = new List<Hash256>(capacity: 1));
            return contents;
        }
    }
}
