using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.Simulation.Tests;

public sealed class SharedMessageTests
{
    [Test]
    public void InputFrom_AnInputThatItDoesNotKnow_Throws()
    {
        var ping = new Ping(1);
        Assert.That(new SharedMessage(ping, default, new PeerInput.Received(default, ping, 9)).InputFrom(new PeerId(3), 9), Is.EqualTo(new PeerInput.Received(new PeerId(3), ping, 9)));
        Assert.That(() => new SharedMessage(ping, default, new PeerInput.Closed(default, "over")).InputFrom(new PeerId(3), 9), Throws.InvalidOperationException.With.Message.Contains("Closed"));
    }
}
