using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Upgrades;

/// <summary>Whose messages are good on both sides of a hand-over at height 10.</summary>
public sealed class ChangedTopicsTests
{
    private static readonly HashedBlock s_block = Ledger.Execution.GenesisBlock.Create(World.ProfileOf(StandardFormat.Instance)).Block;

    private readonly Rule _first = new(new TopicSpec("vote", TopicMode.Mesh, 10), new TopicSpec("old", TopicMode.Direct, 5));
    private readonly Rule _second = new(new TopicSpec("vote", TopicMode.Latest, 20, MaxBlockBytes: 7), new TopicSpec("new", TopicMode.Mesh, 5));

    [Test]
    public void Topics_AreThoseOfBoth_WithRoomForEither()
    {
        IReadOnlyList<TopicSpec> topics = ChangedTopics.Of(_first, _second, 10)!.Topics;
        Assert.That(topics.Select(topic => (topic.Name, topic.MaxBytes, topic.MaxBlockBytes)), Is.EqualTo(new[] { ("vote", 20, 7), ("old", 5, 0), ("new", 5, 0) }));
        Assert.That(ChangedTopics.Of(null, null, 10), Is.Null);
    }

    [Test]
    public void Judge_GoesByTheRuleOfTheNextBlock_AndItsOwnState()
    {
        ITopicRule both = ChangedTopics.Of(_first, _second, 10)!;
        var inner = new StubSpec.SealedBy(World.Owner(1));
        var changed = new ChangedState(10, Work.From(1), inner);
        Assert.That(Judge(both, "vote", 9, RuleState.None), Is.EqualTo(MessageVerdict.Rejected));
        Assert.That((_first.Heard, _second.Heard), Is.EqualTo((RuleState.None, (RuleState?)null)));
        Assert.That(Judge(both, "vote", 10, changed), Is.EqualTo(MessageVerdict.Rejected));
        Assert.That(_second.Heard, Is.SameAs(inner));
        Assert.That(Judge(both, "new", 9, RuleState.None), Is.EqualTo(MessageVerdict.Ignored), "its turn has not come");
        Assert.That(Judge(both, "old", 10, changed), Is.EqualTo(MessageVerdict.Ignored), "its turn is over");
        Assert.That(Judge(both, "vote", 9, RuleState.None, size: 11), Is.EqualTo(MessageVerdict.Ignored), "larger than the rule in force allows");
        Assert.That(Judge(ChangedTopics.Of(null, _second, 10)!, "vote", 9, RuleState.None), Is.EqualTo(MessageVerdict.Ignored));
    }

    private static MessageVerdict Judge(ITopicRule rule, string topic, ulong tip, RuleState state, int size = 1) =>
        rule.Judge(new TopicMessage(topic, new byte[size], null), new HeaderView(s_block.Header with { Height = tip }, s_block.Id, default), state, new SealClaims()).Verdict;

    private sealed class Rule(params TopicSpec[] topics) : ITopicRule
    {
        public RuleState? Heard { get; private set; }

        public IReadOnlyList<TopicSpec> Topics => topics;

        public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
        {
            Heard = state;
            return TopicJudgement.Rejected;
        }
    }
}
