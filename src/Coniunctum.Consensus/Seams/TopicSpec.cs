namespace Coniunctum.Consensus;

/// <summary>One kind of a rule's messages. What is larger is refused before anything is allocated, what comes more often waits at its sender's.</summary>
/// <param name="Name">Its name: at most 32 characters of ASCII, unlike that of any other topic of the rule.</param>
/// <param name="Mode">How far its messages travel.</param>
/// <param name="MaxBytes">The largest content, at most 64 KiB.</param>
/// <param name="MaxBlockBytes">The largest block that travels beside a content, as it is encoded; 0, the default, where none does.</param>
/// <param name="PerSecond">How many contents one peer may send in a second, at least 1. Default: 256.</param>
public sealed record TopicSpec(string Name, TopicMode Mode, int MaxBytes, int MaxBlockBytes = 0, int PerSecond = 256)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 32;

    /// <summary>The largest content of any topic, in bytes.</summary>
    public const int MaxContentBytes = 64 * 1024;

    /// <summary>Refuses a topic that no network can carry.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    internal void ThrowIfImpossible()
    {
        if (Name is not { Length: > 0 and <= MaxNameLength } || !Name.All(char.IsAscii))
            throw new ArgumentException($"A topic's name has 1 to {MaxNameLength} characters of ASCII, unlike \"{Name}\".");
        if (Mode is < TopicMode.Mesh or > TopicMode.Latest) throw new ArgumentException($"The topic {Name} must say how far its messages travel.");
        if (MaxBytes is < 1 or > MaxContentBytes) throw new ArgumentException(Invariant($"A content of the topic {Name} may have 1 to {MaxContentBytes} bytes, not {MaxBytes}."));
        if (MaxBlockBytes < 0) throw new ArgumentException(Invariant($"A block of the topic {Name} cannot have {MaxBlockBytes} bytes."));
        if (PerSecond < 1) throw new ArgumentException(Invariant($"A peer must be able to send something of the topic {Name}, not {PerSecond} contents a second."));
    }
}
