namespace Coniunctum.Simulation;

/// <summary>
/// What a link does, in one direction, to the connections that go over it. Like over TCP, a connection's messages arrive in the order in
/// which they were sent, once each, or the connection ends: nothing is lost or repeated in its middle. What two connections carry
/// may overtake each other.
/// </summary>
public sealed record LinkOptions
{
    /// <summary>The shortest time that a message takes. Default: 20 ms.</summary>
    public TimeSpan LeastDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest time that a message takes; in between, every time is equally likely. Default: 200 ms.</summary>
    public TimeSpan GreatestDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The probability that a message has to be sent again, from 0 to 1: it arrives later, by one to three times
    /// <see cref="GreatestDelay"/>, and all that is behind it waits for it. Default: 0.
    /// </summary>
    public double Loss { get; init; }

    /// <summary>
    /// The probability that a connection breaks in the middle of a message, from 0 to 1: that message is lost, and all that would follow in
    /// either direction. Both ends hear of it, one earlier than the other. Default: 0.
    /// </summary>
    public double Resets { get; init; }
}
