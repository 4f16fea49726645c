namespace Coniunctum.Simulation;

/// <summary>What a link does to messages. They overtake each other where the delays allow it.</summary>
public sealed record LinkOptions
{
    /// <summary>The shortest time that a message takes. Default: 20 ms.</summary>
    public TimeSpan LeastDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest time that a message takes; in between, every time is equally likely. Default: 200 ms.</summary>
    public TimeSpan GreatestDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The probability that a message is lost, from 0 to 1. Default: 0.</summary>
    public double Loss { get; init; }

    /// <summary>The probability that a message arrives twice, from 0 to 1. Default: 0.</summary>
    public double Duplication { get; init; }
}
