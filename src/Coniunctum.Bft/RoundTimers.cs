using Coniunctum.Consensus;

namespace Coniunctum.Bft;

/// <summary>The timers of the steps of a round, one a step, and which round each was last set for.</summary>
internal sealed class RoundTimers
{
    private readonly Dictionary<BftStep, int> _rounds = [];

    /// <summary>Notes that a step's timer is set for a round, and returns the timer.</summary>
    public TimerId Set(BftStep step, int round)
    {
        _rounds[step] = round;
        return TimerOf(step);
    }

    /// <summary>Returns which step and round a timer is set for, or <c>null</c>.</summary>
    public (BftStep Step, int Round)? Find(TimerId timer)
    {
        foreach ((BftStep step, int round) in _rounds)
        {
            if (TimerOf(step) == timer) return (step, round);
        }

        return null;
    }

    public void Clear() => _rounds.Clear();

    private static TimerId TimerOf(BftStep step) => new(step switch
    {
        BftStep.Propose => "bft.propose",
        BftStep.Prevote => "bft.prevote",
        _ => "bft.precommit",
    });
}
