using Coniunctum.Ledger;

namespace Coniunctum.Node.Net;

/// <summary>Reports what happens on a node. Called by one thread at a time.</summary>
internal interface INodeReporter
{
    void Started(NodeStart start);

    void Block(HashedBlock block, int pool, bool isDisconnected);

    void Refused(NetworkRefusal refusal);

    void Connected(NetworkPeer peer);

    void Lost(NetworkPeer peer);

    void Failed(NetworkFailure failure);

    void Synchronizing(SyncProgress progress);

    void Synchronized(ulong height);

    void SynchronizationFailed(string reason);

    void Stopped(LedgerStatus status, TimeSpan elapsed);
}
