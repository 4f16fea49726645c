using Coniunctum.Consensus;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Simulation;

/// <summary>
/// The commits of a node on their way to its store, in order: one after the other, or what has gathered while the store was busy
/// as one, all or nothing.
/// </summary>
internal sealed class CommitQueue(SimulatedNode node, NodeOptions options)
{
    private readonly Dictionary<int, (CommitFault Fault, TimeSpan RestartAfter)> _faults = [];
    private readonly Queue<(CommitFault Fault, TimeSpan RestartAfter)> _waiting = new();
    private readonly SeededRandom _random = node.RandomFor("commits");
    private int _writing;

    /// <summary>Makes a commit go wrong; they are counted over all of the node's lives.</summary>
    public void Fail(int commit, CommitFault fault, TimeSpan restartAfter) => _faults[commit] = (fault, restartAfter);

    public void Clear()
    {
        _waiting.Clear();
        _writing = 0;
    }

    /// <summary>Draws how many of the commits under way a crash leaves in the store: always the oldest, and never a part of a group.</summary>
    public int DrawKept() => options.GroupsCommits
        ? _random.Happens(0.5) ? _writing : 0
        : _random.Below(node.Store.UnderWay + 1);

    public void Begin(StoreBatch batch)
    {
        _faults.Remove(node.Store.Begun, out (CommitFault Fault, TimeSpan RestartAfter) planned);
        node.Store.Begin(batch);
        _waiting.Enqueue(planned);
        if (_writing == 0) Write();
    }

    private void Write()
    {
        (CommitFault Fault, TimeSpan RestartAfter) planned = default;
        int most = options.GroupsCommits ? _waiting.Count : 1;
        for (; _writing < most; _writing++)
        {
            (CommitFault Fault, TimeSpan RestartAfter) next = _waiting.Dequeue();
            if (planned.Fault == CommitFault.None) planned = next;
        }

        node.After(_random.UpTo(options.CommitTime), WorldEventKind.CommitEnded, planned.Fault.ToString(), default, () => End(planned.Fault, planned.RestartAfter));
    }

    private void End(CommitFault fault, TimeSpan restartAfter)
    {
        // A store that has failed writes nothing more.
        if (node.Fault is not null) return;
        int written = _writing;
        if (fault == CommitFault.CrashAfter || fault == CommitFault.None || (fault == CommitFault.Fails && _random.Happens(0.5)))
            node.Store.EndOldest(written);
        switch (fault)
        {
            case CommitFault.None:
                _writing = 0;
                if (_waiting.Count > 0) Write();
                for (int i = 0; i < written; i++) node.TryTake(new NodeInput.Committed());
                break;
            case CommitFault.Fails:
                node.TryTake(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "the store failed to commit")));
                break;
            default:
                node.CrashAndRestart(keptCommits: 0, restartAfter);
                break;
        }
    }
}
