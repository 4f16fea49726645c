using System.Collections.Immutable;
using Coniunctum.Client;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Dev;

/// <summary>What only a development chain can do: go back, reorganize, mine when asked, set its clock forward. One thing at a time.</summary>
internal sealed class DevControl(LedgerHost ledger, MiningSwitch mining, DevClock clock) : IDisposable
{
    /// <summary>The most blocks that are undone or mined by one request.</summary>
    public const ulong MostBlocks = 1_000;

    /// <summary>The latest time that the clock can be set to.</summary>
    public static readonly DateTimeOffset LatestTime = new(2500, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int MostSnapshots = 1_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    // Changed by whose turn it is; read by anyone, who need not wait for it.
    private volatile ImmutableSortedDictionary<string, LedgerSnapshot> _snapshots = ImmutableSortedDictionary.Create<string, LedgerSnapshot>(StringComparer.Ordinal);

    /// <summary>Whether traffic runs, whose checks follow the chain forward only.</summary>
    public bool HasTraffic { get; init; }

    public MiningModel Mining => new(NameOf(mining.Mode), ledger.Tip.Header.Height);

    public SnapshotsModel Snapshots => new([.. _snapshots.Select(snapshot => ModelOf(snapshot.Key, snapshot.Value))]);

    public ClockModel Clock => new(clock.GetUtcNow().ToUnixTimeMilliseconds(), (long)clock.Ahead.TotalMilliseconds);

    public async Task<SnapshotModel> SnapshotAsync(string name, CancellationToken cancellation)
    {
        using IDisposable turn = await TakeTurnAsync(cancellation);
        if (_snapshots.Count >= MostSnapshots && !_snapshots.ContainsKey(name)) throw Refused(Invariant($"There are {MostSnapshots} snapshots, the most that are kept: take one of their names."));
        LedgerSnapshot taken = ledger.Development.TakeSnapshot();
        _snapshots = _snapshots.SetItem(name, taken);
        return ModelOf(name, taken);
    }

    /// <summary>Makes the chain what it was at a snapshot. Snapshots of the time since are dropped.</summary>
    public async Task<RevertedModel> RevertAsync(string name, CancellationToken cancellation)
    {
        using IDisposable turn = await TakeTurnAsync(cancellation);
        RefuseUnderTraffic();
        if (!_snapshots.TryGetValue(name, out LedgerSnapshot snapshot))
            throw new ApiProblemException(StatusCodes.Status404NotFound, $"There is no snapshot {name}: {(_snapshots.Count == 0 ? "none was taken since this chain's program started" : $"there are {string.Join(", ", _snapshots.Keys)}")}.");
        HashedBlock before;
        try
        {
            before = await StandStillAsync(cancellation);
            await RevertAsync(snapshot);
        }
        finally
        {
            mining.Release();
        }

        DropAbove(snapshot.Height);
        return new RevertedModel(name, snapshot.Height, snapshot.Block.ToString(), before.Header.Height - snapshot.Height);
    }

    /// <summary>
    /// Undoes the last blocks and mines one more in their place: what a node sees when another branch turns out heavier. The
    /// transactions of the undone blocks go back to the pool.
    /// </summary>
    public async Task<ReorganizedModel> ReorganizeAsync(ulong depth, CancellationToken cancellation)
    {
        using IDisposable turn = await TakeTurnAsync(cancellation);
        RefuseUnderTraffic();
        HashedBlock before;
        ulong height, wanted = 0;
        int returned = 0;
        BlockId fork;
        try
        {
            before = await StandStillAsync(cancellation);
            height = before.Header.Height;
            if (depth > height) throw Refused(Invariant($"The chain has {height} blocks: it cannot be reorganized {depth} deep."));
            fork = ledger.Chain.IdAt(height - depth)!.Value;
            HashedBlock[] undone = new HashedBlock[depth];
            for (ulong i = 0; i < depth; i++)
                undone[i] = ledger.Chain.BlockAt(height - depth + 1 + i) ?? throw Refused(Invariant($"The body of block {height - depth + 1 + i} was pruned: it cannot be undone."));
            await RevertAsync(new LedgerSnapshot(fork, height - depth));
            foreach (HashedTransaction transaction in undone.SelectMany(block => block.Transactions.Skip(1)))
            {
                if ((await ledger.SubmitAsync(transaction.Transaction, CancellationToken.None)).IsValid) returned++;
            }

            DropAbove(height - depth);
            wanted = height + 1;
        }
        finally
        {
            mining.Release(wanted);
        }

        HashedBlock tip = await WaitForAsync(wanted, fork, cancellation);
        return new ReorganizedModel(depth, height - depth, before.Id.ToString(), tip.Header.Height, tip.Id.ToString(), returned);
    }

    /// <summary>Mines blocks in any mode. Whoever asked and goes away takes back what is not mined yet.</summary>
    public async Task<MinedModel> MineAsync(ulong blocks, CancellationToken cancellation)
    {
        using IDisposable turn = await TakeTurnAsync(cancellation);
        HashedBlock before = ledger.Tip;
        ulong wanted = before.Header.Height + blocks;
        HashedBlock tip;
        try
        {
            mining.MineUpTo(wanted);
            tip = await WaitForAsync(wanted, before.Id, cancellation);
        }
        finally
        {
            mining.MineUpTo(0);
        }

        return new MinedModel(blocks, tip.Header.Height, tip.Id.ToString());
    }

    public async Task<MiningModel> SetMiningAsync(string text, CancellationToken cancellation)
    {
        using IDisposable turn = await TakeTurnAsync(cancellation);
        MiningMode mode = Enum.GetValues<MiningMode>().Cast<MiningMode?>().FirstOrDefault(known => NameOf(known!.Value).Equals(text, StringComparison.Ordinal))
            ?? throw new ApiProblemException(StatusCodes.Status400BadRequest, "mode: expected auto, interval or manual.");
        await mining.SetModeAsync(mode).WaitAsync(cancellation);
        // A block that was found before is still being taken in: it is none that the next request has made.
        if (mode == MiningMode.Manual) await ledger.WaitUntilSettledAsync(cancellation);
        return Mining;
    }

    /// <summary>Sets the clock forward, and begins the next block anew, so that it has the new time.</summary>
    public async Task<ClockModel> AdvanceAsync(Func<DateTimeOffset, DateTimeOffset> target, CancellationToken cancellation)
    {
        using IDisposable turn = await TakeTurnAsync(cancellation);
        if (!ledger.Profile.Format.Traits.HasExtendedHeader) throw Refused($"The blocks of {ledger.Profile.Name} carry no time: a clock that goes ahead changes nothing.");
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset to = target(now);
        if (to <= now) throw Refused($"The chain's clock stands at {Show(now)} and only goes forward: {Show(to)} is not later.");
        if (to > LatestTime) throw Refused($"The clock goes up to {Show(LatestTime)}.");
        try
        {
            await StandStillAsync(cancellation);
            clock.Advance(to - now);
        }
        finally
        {
            mining.Release();
        }

        return Clock;
    }

    public void Dispose() => _turn.Dispose();

    private static string NameOf(MiningMode mode) => mode switch { MiningMode.Auto => "auto", MiningMode.Manual => "manual", _ => "interval" };

    private static string Show(DateTimeOffset time) => Coniunctum.Consensus.ProductionStatus.Show(Timestamp.From(time));

    private static SnapshotModel ModelOf(string name, LedgerSnapshot snapshot) => new(name, snapshot.Height, snapshot.Block.ToString());

    private static ApiProblemException Refused(string message) => new(StatusCodes.Status409Conflict, message);

    private void DropAbove(ulong height) => _snapshots = _snapshots.RemoveRange(_snapshots.Where(taken => taken.Value.Height > height).Select(taken => taken.Key));

    private void RefuseUnderTraffic()
    {
        if (HasTraffic) throw Refused("The chain runs with --traffic, whose checks follow it forward only: start it without, to take blocks back.");
    }

    private async Task<IDisposable> TakeTurnAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        return new Turn(_turn);
    }

    /// <summary>Stops mining, and waits until the tip cannot move by itself any more.</summary>
    private async Task<HashedBlock> StandStillAsync(CancellationToken cancellation)
    {
        await mining.HoldAsync().WaitAsync(cancellation);
        await ledger.WaitUntilSettledAsync(cancellation);
        return ledger.Tip;
    }

    /// <summary>Goes back, also when whoever asked is gone: what follows must still be done, since the undone transactions are not the asker's alone.</summary>
    private async Task RevertAsync(LedgerSnapshot snapshot)
    {
        try
        {
            await ledger.Development.RevertAsync(snapshot, CancellationToken.None);
        }
        catch (InvalidOperationException exception)
        {
            throw Refused(exception.Message);
        }
    }

    private async Task<HashedBlock> WaitForAsync(ulong height, BlockId after, CancellationToken cancellation)
    {
        await foreach (LedgerEvent change in ledger.EventsAsync(after, cancellation))
        {
            if (change is LedgerEvent.Connected && change.Block.Header.Height >= height) return change.Block;
        }

        throw new ApiProblemException(StatusCodes.Status503ServiceUnavailable, "The chain has ended.");
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
