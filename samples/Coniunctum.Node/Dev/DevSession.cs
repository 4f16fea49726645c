using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Node.Output;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>Counts what happens and tells it, one thing at a time. Safe to use from several threads.</summary>
internal sealed class DevSession(LedgerHost ledger, ulong begin, IDevReporter reporter, NonceSearch search, TimeProvider time)
{
    private readonly DevTally _tally = new(begin, ledger.Profile.Subsidy.SumThrough(begin));
    private readonly Lock _gate = new();
    private BlockId _cursor = ledger.Chain.IdAt(begin)!.Value;
    private readonly long _start = time.GetTimestamp();

    // The miner began while the chain was opened.
    private readonly long _triedBefore = search.Tried;

    public ulong Height
    {
        get
        {
            lock (_gate) return _tally.Height;
        }
    }

    /// <summary>The last change that was taken: where the next ones go on.</summary>
    public BlockId Cursor
    {
        get
        {
            lock (_gate) return _cursor;
        }
    }

    public void Take(LedgerEvent change)
    {
        lock (_gate)
        {
            _cursor = change.Cursor;
            if (change is LedgerEvent.Disconnected)
            {
                _tally.Remove(change.Block, ledger.Chain.FindBlock(change.Cursor));
                reporter.Undone(View(), change.Block);
            }
            else
            {
                _tally.Add(change.Block);
                reporter.Block(View(), change.Block);
            }
        }
    }

    public void Take(Judgement judgement)
    {
        lock (_gate)
        {
            _tally.Add(judgement);
            reporter.Judged(View(), judgement);
        }
    }

    /// <summary>Redraws what changes with time.</summary>
    public void Tick()
    {
        lock (_gate) reporter.Tick(View());
    }

    /// <summary>Concludes the run at a tip, which must be the last block that was taken.</summary>
    public DevSummary Conclude(LedgerStatus status)
    {
        lock (_gate)
        {
            ChainProfile profile = ledger.Profile;
            var summary = new DevSummary
            {
                Profile = profile.Name,
                Height = status.Tip.Header.Height,
                Tip = status.Tip.Id,
                GenesisSupply = profile.Genesis.Allocations.Aggregate(UInt128.Zero, (sum, allocation) => sum + allocation.Amount),
                StartHeight = _tally.StartHeight,
                Subsidies = _tally.Subsidies,
                ScheduledSubsidies = profile.Subsidy.SumThrough(status.Tip.Header.Height),
                Supply = status.Supply,
                Accepted = _tally.Accepted,
                Confirmed = _tally.Confirmed,
                Rejected = _tally.RejectedTransfers,
                RejectedBlocks = _tally.RejectedBlocks,
                Mismatched = _tally.Mismatched,
                Hashes = search.Tried,
                Elapsed = time.GetElapsedTime(_start),
            };
            reporter.Summary(summary);
            return summary;
        }
    }

    private DevView View() => new(_tally, ledger.Pool.Count, search.Tried - _triedBefore, time.GetElapsedTime(_start));
}
