namespace Coniunctum.Consensus;

/// <summary>How far a topic's messages travel.</summary>
public enum TopicMode
{
    /// <summary>Not said: no topic has it.</summary>
    None = 0,

    /// <summary>Every node passes on what it accepts, once, to all of its peers.</summary>
    Mesh,

    /// <summary>From a node to its peers, which pass nothing on.</summary>
    Direct,

    /// <summary>As <see cref="Mesh"/>; and whoever connects is told the newest content of each key.</summary>
    Latest,
}
