using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>
/// A rule with topics: contents of three bytes, an author, a slot and what it says, which nodes accept that are high enough. What is said of the topic
/// <c>latest</c> whoever connects hears; that of <c>mesh</c> only those who are there.
/// </summary>
/// <param name="inner">What blocks follow.</param>
/// <param name="leastHeight">The height below which a node takes no message for good.</param>
internal sealed class SayingRule(ConsensusSpec inner, ulong leastHeight = 0) : ConsensusSpec
{
    public const int PerSecond = 20;

    public override string RuleName => inner.RuleName;

    public override Hash256 GenesisTarget => inner.GenesisTarget;

    public override IEnumerable<Parameter> Parameters => inner.Parameters;

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) => inner.Build(profile, genesis) with { Topics = new Topic(leastHeight) };

    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) => inner.ReadState(encoded);

    private sealed class Topic(ulong leastHeight) : ITopicRule
    {
        public IReadOnlyList<TopicSpec> Topics { get; } = [new TopicSpec("latest", TopicMode.Latest, 3, PerSecond: PerSecond), new TopicSpec("mesh", TopicMode.Mesh, 3)];

        public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
        {
            if (tip.Height < leastHeight) return TopicJudgement.Ignored;
            ReadOnlySpan<byte> content = message.Content.Span;
            return content.Length != 3 ? TopicJudgement.Rejected : TopicJudgement.Accept(new TopicKey(content[1], World.Owner(content[0]), 1));
        }
    }
}
