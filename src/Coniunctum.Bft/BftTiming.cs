namespace Coniunctum.Bft;

/// <summary>
/// How long the validators of a chain wait. Once messages arrive within a bounded time again, timeouts have grown beyond it
/// after finitely many rounds, and the next honest proposer's block is decided.
/// </summary>
public sealed record BftTiming
{
    /// <summary>How long a block's successor is waited with, so that transactions gather. Default: 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the first round waits for its proposal. Default: 3 s.</summary>
    public TimeSpan Propose { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the first round waits for more votes, once more than two thirds have voted. Default: 1 s.</summary>
    public TimeSpan Vote { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much both grow from round to round. Default: 500 ms.</summary>
    public TimeSpan Growth { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After how long a validator says again what it has said last, since messages get lost. Default: 1 s.</summary>
    public TimeSpan Resend { get; init; } = TimeSpan.FromSeconds(1);

    // What a validator may wait for at most; sums of milliseconds stay far below 64 bits.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    internal TimeSpan Of(BftStep step, int round) => (step == BftStep.Propose ? Propose : Vote) + (Growth * round);

    /// <summary>Refuses times with which no chain can go on.</summary>
    /// <exception cref="ArgumentException">A time is not positive, or over a day.</exception>
    internal void ThrowIfImpossible()
    {
        Require(Pause, "pause between blocks");
        Require(Propose, "timeout of a proposal");
        Require(Vote, "timeout of votes");
        Require(Growth, "growth of timeouts");
        Require(Resend, "time after which messages are sent again");

        static void Require(TimeSpan span, string name)
        {
            if (span < TimeSpan.FromMilliseconds(1) || span > s_longest)
                throw new ArgumentException($"The {name} must be between a millisecond and a day, not {span}.");
        }
    }
}
