using System.Collections.Frozen;
using Coniunctum.Consensus;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Topics;

/// <summary>
/// The newest messages of the topics whose newest contents are sent to whoever connects: of each topic as many as one peer may send
/// in a second, so that they are within the budget of whoever takes them.
/// </summary>
/// <param name="topics">The rule's topics.</param>
internal sealed class LatestMessages(IEnumerable<TopicSpec> topics)
{
    /// <summary>How many of all topics: two rounds of the largest set of validators fit in.</summary>
    public const int MaxMessages = 512;

    /// <summary>How many bytes their contents have together.</summary>
    public const int MaxBytes = 256 * 1_024;

    private readonly FrozenDictionary<string, int> _rates = topics.Where(topic => topic.Mode == TopicMode.Latest)
        .ToFrozenDictionary(topic => topic.Name, topic => topic.PerSecond, StringComparer.Ordinal);

    // The oldest first.
    private readonly List<Kept> _kept = [];
    private int _bytes;

    /// <summary>The messages, the oldest first.</summary>
    public IEnumerable<Publish> All => _kept.Select(kept => kept.Message);

    /// <summary>Keeps a message, where its topic asks for that, in place of the one before that said the same thing or something else about the same.</summary>
    /// <param name="message">The message.</param>
    /// <param name="key">What it says one thing about; <c>null</c> where that is not known.</param>
    public void Add(Publish message, TopicKey? key)
    {
        if (!_rates.TryGetValue(message.Topic, out int rate)) return;
        if (_kept.FindIndex(kept => kept.IsSame(message, key)) is >= 0 and var before) RemoveAt(before);
        _kept.Add(new Kept(message, key));
        _bytes += message.Content.Length;
        if (_kept.Count(kept => kept.IsOf(message.Topic)) > rate) RemoveAt(_kept.FindIndex(kept => kept.IsOf(message.Topic)));
        while (_kept.Count > MaxMessages || _bytes > MaxBytes) RemoveAt(0);
    }

    private void RemoveAt(int index)
    {
        _bytes -= _kept[index].Message.Content.Length;
        _kept.RemoveAt(index);
    }

    private sealed record Kept(Publish Message, TopicKey? Key)
    {
        public bool IsOf(string topic) => string.Equals(Message.Topic, topic, StringComparison.Ordinal);

        public bool IsSame(Publish other, TopicKey? key) =>
            IsOf(other.Topic) && (key is not null && Key == key || Message.Content.Span.SequenceEqual(other.Content.Span));
    }
}
