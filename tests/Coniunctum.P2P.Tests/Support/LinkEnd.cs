using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>One end of a connection.</summary>
internal abstract class LinkEnd
{
    public Conversation Conversation { get; } = new(WireVersion.Minor);

    /// <summary>The node's place in the world; −1 where a test speaks.</summary>
    public virtual int Index => -1;

    /// <summary>Set by the connection.</summary>
    public PeerLink Link { get; set; } = null!;

    /// <summary>The connection stands.</summary>
    public abstract void Begin();

    /// <summary>A message has come whole, and the conversation takes it.</summary>
    public abstract void Take(WireMessage message, int bytes);

    /// <summary>The other side's bytes prove a fault.</summary>
    public abstract void Fault(string text);

    /// <summary>The connection is over.</summary>
    public abstract void End(string text);
}
