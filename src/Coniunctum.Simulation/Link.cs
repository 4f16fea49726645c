namespace Coniunctum.Simulation;

/// <summary>What carries messages from one node to another, one way.</summary>
internal sealed class Link(LinkOptions options, SeededRandom random)
{
    public LinkOptions Options { get; set; } = options;

    /// <summary>Whether nothing gets through.</summary>
    public bool IsCut { get; set; }

    /// <summary>Draws how long something takes that is not lost.</summary>
    public TimeSpan DrawDelay() => random.Between(Options.LeastDelay, Options.GreatestDelay);

    /// <summary>Draws how much later something comes that has to be sent again, or zero.</summary>
    public TimeSpan DrawRepetition() => random.Happens(Options.Loss) ? random.Between(Options.GreatestDelay, 3 * Options.GreatestDelay) : TimeSpan.Zero;

    /// <summary>Draws whether a connection breaks in the middle of a message.</summary>
    public bool DrawReset() => Options.Resets > 0 && random.Happens(Options.Resets);
}
