using Coniunctum.Ledger;
using Coniunctum.Node.Output;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>Counts what happens and tells it, one thing at a time. Safe to use from several threads.</summary>
internal sealed class DevSession(LedgerHost ledger, ulong begin, IDevReporter reporter, TimeProvider time)
{
    private readonly DevTally _tally = new(begin, ledger.Profile.Subsidy.SumThrough(begin));
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();

    public ulong Height
    {
        get
        {
            lock (_gate) return _tally.Height;
        }
    }

    public void Take(HashedBlock block)
    {
        lock (_gate)
        {
            _tally.Add(block);
            reporter.Block(View(), block);
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
                Hashes = ledger.HashesTried,
                Elapsed = time.GetElapsedTime(_start),
            };
            reporter.Summary(summary);
            return summary;
        }
    }

    private DevView View() => new(_tally, ledger.Pool.Count, ledger.HashesTried, time.GetElapsedTime(_start));
}
