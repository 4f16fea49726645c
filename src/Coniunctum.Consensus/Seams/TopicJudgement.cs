using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>What a rule says of a message.</summary>
[JsonConverter(typeof(NoJsonConverter<TopicJudgement>))]
public readonly record struct TopicJudgement
{
    /// <summary>How far above the tip a message may belong that is kept, in blocks: nothing of it is verified, so that it is not worth more room.</summary>
    public const int MaxAhead = 2;

    private TopicJudgement(MessageVerdict verdict, TopicKey key, ulong height) => (Verdict, Key, Height) = (verdict, key, height);

    /// <summary>It says nothing here and now: it is too old, or of someone who has no say by this node's tip.</summary>
    public static TopicJudgement Ignored { get; } = new(MessageVerdict.Ignored, default, 0);

    /// <summary>No honest node sends it, whatever its tip: it cannot be read, or contradicts itself. Its sender is to blame.</summary>
    public static TopicJudgement Rejected { get; } = new(MessageVerdict.Rejected, default, 0);

    /// <summary><see cref="MessageVerdict.Accepted"/>, <see cref="MessageVerdict.Ignored"/>, <see cref="MessageVerdict.Later"/> or <see cref="MessageVerdict.Rejected"/>.</summary>
    public MessageVerdict Verdict { get; }

    /// <summary>What it says one thing about; meaningful where it is accepted.</summary>
    public TopicKey Key { get; }

    /// <summary>The tip's height at which it is judged once more; meaningful where that is later.</summary>
    public ulong Height { get; }

    /// <summary>It is good once the signatures that it claims are verified.</summary>
    /// <param name="key">What it says one thing about.</param>
    public static TopicJudgement Accept(TopicKey key) => new(MessageVerdict.Accepted, key, 0);

    /// <summary>It cannot be judged yet: it is kept, as far as its sender has room here, and judged once more.</summary>
    /// <param name="height">The tip's height at which it can be: above that of the tip by <see cref="MaxAhead"/> at most, or it is ignored.</param>
    public static TopicJudgement Later(ulong height) => new(MessageVerdict.Later, default, height);
}
