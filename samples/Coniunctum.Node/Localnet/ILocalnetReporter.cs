namespace Coniunctum.Node.Localnet;

/// <summary>Reports how a local network goes. Called by one thread at a time.</summary>
internal interface ILocalnetReporter : IDisposable
{
    void Started(LocalnetStart start);

    void Looked(LocalnetView view);

    void Killed(LocalNode node, ulong height);

    void Restarted(KillReport report);

    void Ended(LocalnetSummary summary);
}
