namespace Coniunctum.Simulation;

/// <summary>Something that happened in a world. The world's event hash covers all of it.</summary>
/// <param name="Time">When, since the world began.</param>
/// <param name="Node">To which node, by its index; −1 for the world itself.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Subject">What it was about: a timer's name, a message's topic.</param>
/// <param name="Content">The bytes that it brought.</param>
public readonly record struct WorldEvent(TimeSpan Time, int Node, WorldEventKind Kind, string Subject, ReadOnlyMemory<byte> Content)
{
    /// <summary>Returns one line for people.</summary>
    public override string ToString() => $"{Time.TotalSeconds:F4} s, node {Node}: {Kind} {Subject} ({Content.Length} bytes)";
}
