namespace Coniunctum.Consensus;

/// <summary>What became of a message.</summary>
public enum MessageVerdict
{
    /// <summary>Not judged: never occurs.</summary>
    None = 0,

    /// <summary>It is good: for the producer, and to be passed on.</summary>
    Accepted,

    /// <summary>The same content is here already. A rule does not say so; the node does.</summary>
    Known,

    /// <summary>It says nothing here and now, which proves nothing against anyone; or it is the third content of its key.</summary>
    Ignored,

    /// <summary>It is kept, and judged once more when the tip has reached a height.</summary>
    Later,

    /// <summary>Its sender has too much here already. A rule does not say so; the node does.</summary>
    Busy,

    /// <summary>No honest node sends it: it cannot be read, or what it claims is not true.</summary>
    Rejected,
}
