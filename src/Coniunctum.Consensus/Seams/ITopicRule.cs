namespace Coniunctum.Consensus;

/// <summary>
/// Which messages a rule has, and whether one is good: beside an <see cref="IConsensusRule"/> whose producers speak with each other.
/// Pure: everything that an answer depends on is a parameter. So every node judges and passes on the messages of all, also one that
/// makes no blocks.
/// </summary>
/// <example>
/// <code>
/// public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
/// {
///     if (message.Content.Length &lt; 2 || message.Content.Span[0] &gt;= members.Length) return TopicJudgement.Rejected;
///     if (message.Block is not { } block || block.Header.Height != tip.Height + 1) return TopicJudgement.Ignored;
///     bool isProposal = message.Topic is "proposal";
///     Address author = members[message.Content.Span[0]];
///     claims.Add(new SignatureClaim(isProposal ? block.Id.Value : AcknowledgementOf(block.Id), message.Content[1..], author));
///     return TopicJudgement.Accept(new TopicKey(block.Header.Height, author, (byte)(isProposal ? 1 : 2)));
/// }
/// </code>
/// </example>
public interface ITopicRule
{
    /// <summary>The topics; the same ones at any time.</summary>
    IReadOnlyList<TopicSpec> Topics { get; }

    /// <summary>Judges a message: all of it but the signatures, which it claims. They are verified in a batch with those of other messages.</summary>
    /// <param name="message">The message, untrusted.</param>
    /// <param name="tip">The durable tip.</param>
    /// <param name="state">What the rule carries on after it.</param>
    /// <param name="claims">Takes the signatures that it depends on. They count where it is accepted; a wrong one proves the sender's fault.</param>
    TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims);
}
