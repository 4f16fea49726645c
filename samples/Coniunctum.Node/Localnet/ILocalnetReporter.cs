namespace Coniunctum.Node.Localnet;

/// <summary>Reports how a local network goes. Called by one thread at a time.</summary>
internal interface ILocalnetReporter : IDisposable
{
    void Started(LocalnetOptions options, LocalNetwork network, string chainId);

    void Looked(LocalNetwork network, TrafficFeed traffic, TimeSpan elapsed);

    void Killed(LocalNode node, ulong height);

    void Restarted(KillReport report);

    void Ended(LocalnetSummary summary);
}
