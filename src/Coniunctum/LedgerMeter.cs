using System.Diagnostics.Metrics;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>
/// The instruments of one ledger: what it counts as it goes, and what is looked up when someone collects. Each measurement says which
/// ledger it is of, by the tags <c>coniunctum.ledger</c> (the profile's name) and <c>coniunctum.chain</c> (how its id begins).
/// </summary>
internal sealed class LedgerMeter : INodeListener, IDisposable
{
    private const int ChainDigits = 16;

    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _ledger;
    private readonly KeyValuePair<string, object?> _chain;
    private readonly Counter<long> _connected;
    private readonly Counter<long> _disconnected;
    private readonly Histogram<long> _reorganizations;
    private readonly Counter<long> _confirmed;
    private readonly Counter<long> _judged;
    private readonly Histogram<double> _commits;
    // Until the end; a factory's meter outlives its ledgers, which it must not keep in memory.
    private volatile LedgerParts? _parts;

    public LedgerMeter(ChainProfile profile, BlockId chainId, IMeterFactory? factory)
    {
        _ledger = new("coniunctum.ledger", profile.Name);
        _chain = new("coniunctum.chain", chainId.ToString()[..ChainDigits]);
        var options = new MeterOptions(LedgerDiagnostics.MeterName) { Version = LedgerDiagnostics.Version };
        _meter = factory?.Create(options) ?? new Meter(options);
        _connected = _meter.CreateCounter<long>("coniunctum.chain.blocks.connected", "{block}", "Blocks that have joined the best chain, durably.");
        _disconnected = _meter.CreateCounter<long>("coniunctum.chain.blocks.disconnected", "{block}", "Blocks that have left the best chain.");
        _reorganizations = _meter.CreateHistogram<long>("coniunctum.chain.reorganization.depth", "{block}", "How many blocks a reorganization has undone.");
        _confirmed = _meter.CreateCounter<long>("coniunctum.chain.transactions", "{transaction}", "Transactions of the blocks that have joined the best chain.");
        _judged = _meter.CreateCounter<long>("coniunctum.pool.judged", "{transaction}", "Transactions that were submitted or received, by outcome and origin.");
        _commits = _meter.CreateHistogram<double>("coniunctum.store.commit.duration", "s", "How long a commit to the store takes.");
    }

    /// <summary>Adds what is looked up when someone collects.</summary>
    public void Observe(LedgerParts parts)
    {
        _parts = parts;
        Gauge("coniunctum.chain.height", "{block}", "The height of the last durable block.", ledger => (long)ledger.Views.Status.Tip.Header.Height);
        Gauge("coniunctum.chain.final_height", "{block}", "The height up to which nothing can change any more.", ledger => (long)ledger.Views.Status.FinalHeight);
        Gauge("coniunctum.halted", "{ledger}", "1 once the ledger has halted.", ledger => ledger.Views.Status.Halted is null ? 0 : 1);
        _meter.CreateObservableGauge<long>(
            "coniunctum.pool.transactions",
            () => _parts is { } ledger ? new[] { Of(ledger.Views.Status.PoolCount, new("state", "ready")), Of(ledger.Pool.WaitingCount, new("state", "waiting")) } : [],
            "{transaction}",
            "Transactions in the pool, by whether they are ready for the next block or wait.");
        _meter.CreateObservableCounter<long>(
            "coniunctum.mining.hashes", () => _parts is { } ledger ? new[] { Of(ledger.Search.Tried) } : [], "{hash}", "Nonces that were tried since the start.");
        if (parts.Network is null) return;
        Gauge("coniunctum.network.peers", "{peer}", "Connections on which the ledger is open.", ledger => ledger.Network!.ReadStatus().Peers.Count(peer => peer.HasLedger));
        Gauge("coniunctum.network.synchronized", "{ledger}", "1 while the ledger has all that its peers have claimed.", ledger => ledger.Network!.ReadStatus().IsSynchronized ? 1 : 0);
    }

    /// <summary>Notes how long the store took for a commit.</summary>
    public void RecordCommit(TimeSpan duration) => Record(() => _commits.Record(duration.TotalSeconds, _ledger, _chain));

    public void Take(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.TipMoved moved:
                Record(() => Count(moved));
                break;
            case NodeEffect.TransactionJudged judged when _judged.Enabled:
                Record(() => _judged.Add(1, [_ledger, _chain, new("outcome", OutcomeOf(judged.Admission)), new("origin", judged.From.IsOwn ? "own" : "peer")]));
                break;
            default:
                break;
        }
    }

    public void End(LedgerHaltedException reason)
    {
        // What has halted is still to be seen; what has stopped is not.
    }

    /// <summary>Measures nothing any more. A factory's meter stays its own, and its instruments may be asked again.</summary>
    public void Dispose()
    {
        _parts = null;
        _meter.Dispose();
    }

    private static string OutcomeOf(Admission admission) => admission switch
    {
        { IsValid: true } => "accepted",
        { IsWaiting: true } => "waiting",
        _ => admission.RuleName,
    };

    private void Count(NodeEffect.TipMoved moved)
    {
        _connected.Add(moved.Connected.Length, _ledger, _chain);
        if (!moved.Disconnected.IsEmpty)
        {
            _disconnected.Add(moved.Disconnected.Length, _ledger, _chain);
            _reorganizations.Record(moved.Disconnected.Length, _ledger, _chain);
        }

        if (_confirmed.Enabled) _confirmed.Add(moved.Connected.Sum(block => (long)block.Transactions.Count), _ledger, _chain);
    }

    /// <summary>Measures. Listeners run within it, and a fault of theirs is none of the ledger's.</summary>
    private static void Record(Action measure)
    {
        try
        {
            measure();
        }
#pragma warning disable CA1031, RCS1075 // Whatever a listener throws is its own to tell: what it was to hear of has happened.
        catch (Exception)
#pragma warning restore CA1031, RCS1075
        {
            // The ledger goes on.
        }
    }

    private void Gauge(string name, string unit, string description, Func<LedgerParts, long> look) =>
        _meter.CreateObservableGauge<long>(name, () => _parts is { } ledger ? new[] { Of(look(ledger)) } : [], unit, description);

    private Measurement<long> Of(long value) => new(value, _ledger, _chain);

    private Measurement<long> Of(long value, KeyValuePair<string, object?> tag) => new(value, _ledger, _chain, tag);
}
