using Coniunctum.Ledger;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Output;

/// <summary>Reports what happens on a development chain. Called by one thread at a time.</summary>
internal interface IDevReporter : IAsyncDisposable
{
    void Started(DevStart start);

    void Block(in DevView view, HashedBlock block);

    /// <summary>A block has left the chain.</summary>
    void Undone(in DevView view, HashedBlock block);

    void Judged(in DevView view, Judgement judgement);

    void Tick(in DevView view);

    void Summary(DevSummary summary);
}
