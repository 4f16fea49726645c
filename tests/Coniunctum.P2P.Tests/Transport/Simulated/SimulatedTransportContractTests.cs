using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Transport.Simulated;

namespace Coniunctum.P2P.Tests.Transport.Simulated;

/// <summary>The simulated network keeps the contract of the real ones, on virtual time.</summary>
[TestFixture(50)]
[TestFixture(1)]
public sealed class SimulatedTransportContractTests(int latencyMilliseconds) : TransportContractTests
{
    private ManualTime _clock = null!;
    private SimulatedNetwork _network = null!;

    protected override bool IsProving => true;

    [SetUp]
    public void MakeNetwork() => Ensure();

    [TearDown]
    public void ForgetNetwork() => _network = null!;

    protected override ITransport Create(byte number)
    {
        Ensure();
        using NodeKey key = TestKeys.Node(number);
        return _network.Join(key.Id, Listening(number));
    }

    protected override NodeEndpoint Listening(byte number) => NodeEndpoint.Parse(Invariant($"10.0.0.{number}:0"));

    protected override Task<NodeEndpoint> FreeEndpointAsync() => Task.FromResult(NodeEndpoint.Parse("10.0.0.99:7"));

    /// <summary>Everything goes on on the test's own thread: the test framework's context would move it to others.</summary>
    protected override void Begin() => SynchronizationContext.SetSynchronizationContext(null);

    protected override Task UntilAsync(Task task)
    {
        for (int i = 0; i < 10_000_000 && !task.IsCompleted; i++)
            if (!_clock.AdvanceToNext()) throw new AssertionException("Nothing will ever happen any more.");
        return Task.CompletedTask;
    }

    protected override Task IsSettledAsync(Task task)
    {
        while (!task.IsCompleted && _clock.AdvanceToNext()) { }
        return Task.CompletedTask;
    }

    private void Ensure()
    {
        if (_network is not null) return;
        _clock = new ManualTime();
        _network = new SimulatedNetwork(_clock, new SimulatedNetworkOptions { Latency = TimeSpan.FromMilliseconds(latencyMilliseconds) });
    }
}
