namespace Coniunctum.Consensus.Upgrades;

/// <summary>The first rule's messages up to the height of the hand-over, the second one's above.</summary>
internal sealed class ChangedTopics(ITopicRule? first, ITopicRule? second, ulong height) : ITopicRule
{
    /// <summary>Those of both; where they share a name, it has room for either.</summary>
    public IReadOnlyList<TopicSpec> Topics { get; } =
    [
        .. (first?.Topics ?? []).Concat(second?.Topics ?? []).GroupBy(topic => topic.Name, StringComparer.Ordinal).Select(named => named.Last() with
        {
            MaxBytes = named.Max(topic => topic.MaxBytes),
            MaxBlockBytes = named.Max(topic => topic.MaxBlockBytes),
            PerSecond = named.Max(topic => topic.PerSecond),
        }),
    ];

    /// <summary>Composes two rules' messages; <c>null</c> where neither has any.</summary>
    public static ITopicRule? Of(ITopicRule? first, ITopicRule? second, ulong height) => first is null && second is null ? null : new ChangedTopics(first, second, height);

    public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
    {
        string name = message.Topic;
        ITopicRule? inForce = tip.Height < height ? first : second;
        TopicSpec? spec = inForce?.Topics.FirstOrDefault(topic => string.Equals(topic.Name, name, StringComparison.Ordinal));
        if (spec is null) return TopicJudgement.Ignored;
        if (message.Content.Length > spec.MaxBytes || message.Block?.Encoded.Length > spec.MaxBlockBytes) return TopicJudgement.Ignored;
        return inForce!.Judge(message, tip, state is ChangedState changed && changed.Height == height ? changed.Inner : state, claims);
    }
}
