using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;

namespace Coniunctum.Simulation;

/// <summary>
/// A node of a <see cref="World"/>: the <see cref="NodeCore{TChain}"/> that users run, with a virtual clock, a
/// <see cref="CrashingStore"/>, jobs in virtual time, and the peer machine that users run, over the world's connections.
/// </summary>
public sealed class SimulatedNode
{
    private readonly World _world;
    private readonly ChainProfile _profile;
    private readonly NodeOptions _options;
    private readonly VirtualJobs _jobs;
    private readonly StepQueue _steps;
    private readonly CommitQueue _commits;
    private readonly Dictionary<TimerId, long> _timers = [];
    private readonly HashSet<JobId> _runningJobs = [];
    private readonly Dictionary<string, SeededRandom> _randoms = [];
    private readonly PublicKey _key;
    private NodeCore<ChainCore>? _core;
    private TransactionHasher? _hasher;
    private HashedBlock? _durableTip;
    private long _timerNumbers;
    private long _tickets;
    private int _life;

    internal SimulatedNode(World world, int index, ChainProfile profile, NodeOptions options)
    {
        _world = world;
        _profile = profile;
        _options = options;
        Index = index;
        _jobs = new VirtualJobs(RandomFor("searches"), options.HashRate);
        _steps = new StepQueue(world, this, options);
        _commits = new CommitQueue(this, options);
        Store = new CrashingStore(options.RemembersCommits);
        using var key = NodeKey.Generate(RandomFor("node key"));
        (_key, NodeId) = (key.PublicKey, key.Id);
        Endpoint = Connections.EndpointOf(index);
        Clock = new VirtualClock(world, options.ClockOffset, options.ClockDriftPerMillion);
    }

    /// <summary>The node's place in <see cref="World.Nodes"/>.</summary>
    public int Index { get; }

    /// <summary>What other nodes call it.</summary>
    public string Name => Invariant($"node {Index}");

    /// <summary>Which node it is to others, by its node key, which follows from the seed.</summary>
    public NodeId NodeId { get; }

    /// <summary>With how many others it has the ledger open at the moment.</summary>
    public int PeerCount => Network?.Machine.Status.Peers.Count(peer => peer.IsOpen) ?? 0;

    /// <summary>The node's clock.</summary>
    public VirtualClock Clock { get; }

    /// <summary>What survives the node's crashes.</summary>
    public CrashingStore Store { get; }

    /// <summary>Whether the node runs. One that has halted does, but accepts nothing.</summary>
    public bool IsUp => _core is not null;

    /// <summary>Why the node has stopped accepting since its last start, or <c>null</c>.</summary>
    public string? Fault { get; private set; }

    /// <summary>Why the last branch was refused that would have won, or the last revert, since the node's start; or <c>null</c>.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Where the node listens.</summary>
    internal NodeEndpoint Endpoint { get; }

    /// <summary>The node's network; <c>null</c> while it does not run.</summary>
    internal SimulatedPeers? Network { get; private set; }

    /// <summary>Whether the node's machine answers, also for a node that does not run: it does, unless the crash was one of its power.</summary>
    internal bool HasPower { get; private set; }

    /// <summary>How many reverts were asked for since the node's start and not answered yet.</summary>
    internal int OpenReverts { get; private set; }

    /// <summary>The node's chain, to read.</summary>
    /// <exception cref="InvalidOperationException">The node does not run.</exception>
    public ChainCore Chain => _core?.Chain ?? throw new InvalidOperationException($"{Name} does not run: it has crashed.");

    /// <summary>What a sender needs to sign a transfer, as this node sees the chain.</summary>
    public TransferContext Context => new(_profile, Chain.Genesis.Id, Chain.Tip.Header.Height, RandomFor("user"));

    /// <summary>Submits a transaction, as the node's user.</summary>
    /// <param name="transaction">The transaction.</param>
    public void Submit(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        HashedTransaction hashed = (_hasher ?? throw new InvalidOperationException($"{Name} does not run: it has crashed.")).Hash(transaction);
        After(TimeSpan.Zero, WorldEventKind.Submitted, "transaction", hashed.Encoded, () => TryTake(new NodeInput.TransactionArrived(++_tickets, hashed)));
    }

    /// <summary>Has the node's chain end at one of its older blocks again, as its owner may where it is no one else's; see <see cref="Refusal"/>.</summary>
    /// <param name="height">The block's height, at most the tip's.</param>
    public void Revert(ulong height)
    {
        BlockId block = Chain.BlockAt(height)?.Id ?? throw new ArgumentOutOfRangeException(nameof(height), height, $"{Name} has no such block.");
        After(TimeSpan.Zero, WorldEventKind.Submitted, "revert", block.Value.ToArray(), () =>
        {
            OpenReverts++;
            TryTake(new NodeInput.RevertRequested(++_tickets, block));
        });
    }

    /// <summary>
    /// Crashes the node: it loses its memory, and its store the commits that are not durable, but for as many of the oldest as
    /// are drawn. Its connections are over; the others hear of that, or in one of four crashes, drawn too, which are of its power, by
    /// its silence.
    /// </summary>
    public void Crash() => Crash(_commits.DrawKept());

    /// <summary>Crashes the node and starts it again from what is durable.</summary>
    /// <param name="after">How long it stays down.</param>
    public void CrashAndRestart(TimeSpan after)
    {
        Crash();
        RestartAfter(after);
    }

    /// <summary>Crashes the node, and starts it from an old file: a backup that someone has restored.</summary>
    /// <param name="commits">How many of the durable commits the file holds; needs <see cref="NodeOptions.RemembersCommits"/>.</param>
    /// <param name="after">How long it stays down.</param>
    public void CrashAndRestore(int commits, TimeSpan after)
    {
        Crash();
        Store.Restore(commits);
        RestartAfter(after);
    }

    /// <summary>
    /// Crashes the node, deletes from its store the bodies below its newest checkpoint and what undoes them, and starts it again.
    /// </summary>
    /// <param name="after">How long it stays down.</param>
    public void CrashAndPrune(TimeSpan after)
    {
        Crash();
        Store.Prune();
        RestartAfter(after);
    }

    /// <summary>Starts the node again from what is durable.</summary>
    /// <exception cref="InvalidOperationException">The node runs.</exception>
    public void Restart()
    {
        if (IsUp) throw new InvalidOperationException($"{Name} runs: it can be started again after a crash.");
        Start();
    }

    /// <summary>Makes one of the node's commits go wrong.</summary>
    /// <param name="commit">Which one: commits are counted from 0 over all of the node's lives.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="restartAfter">How long the node stays down when it crashes.</param>
    public void FailCommit(int commit, CommitFault fault, TimeSpan restartAfter) => _commits.Fail(commit, fault, restartAfter);

    /// <summary>Does something at a later time, unless the node has crashed until then.</summary>
    internal void After(TimeSpan delay, WorldEventKind kind, string subject, ReadOnlyMemory<byte> content, Action action)
    {
        int life = _life;
        _world.After(delay, Index, kind, subject, content, () =>
        {
            if (life == _life && IsUp) action();
        });
    }

    internal void CrashAndRestart(int keptCommits, TimeSpan after)
    {
        Crash(keptCommits);
        RestartAfter(after);
    }

    /// <summary>Gives the node an input, which waits while it is busy.</summary>
    /// <returns>False where there is no room for what its peer has sent.</returns>
    internal bool TryTake(NodeInput input) => _steps.TryTake(input);

    /// <summary>There may be room again for what peers have sent.</summary>
    internal void OfferWaiting() => Network?.OfferWaiting();

    /// <summary>Returns the node's randomness for one purpose, over all its lives.</summary>
    internal SeededRandom RandomFor(string purpose)
    {
        if (!_randoms.TryGetValue(purpose, out SeededRandom? random)) _randoms.Add(purpose, random = SeededRandom.For(_world.Seed, Index, purpose));
        return random;
    }

    /// <summary>Does a step, and returns what it wants to happen.</summary>
    internal List<NodeEffect> Step(NodeInput input)
    {
        var effects = new EffectList();
        _core!.Step(input, Clock.Both, effects);
        return effects.Items;
    }

    internal void Run(List<NodeEffect> effects)
    {
        foreach (NodeEffect effect in effects) Run(effect);
    }

    internal void Start()
    {
        _life++;
        Clock.Start();
        HasPower = true;
        (Fault, Refusal, OpenReverts) = (null, null, 0);
        Network = new SimulatedPeers(_world, this, _profile, _options, _key);
        var setup = new NodeSetup
        {
            Producer = _options.Producer?.Invoke(_jobs),
            Peers = Network.Machine,
            Pool = _options.Pool,
            Chain = _options.Chain,
            Entropy = RandomFor("ledger"),
        };
        _core = StoredChain.Open(_profile, Store, setup);
        _durableTip = _core.Chain.Tip;
        _hasher = new TransactionHasher(_profile.Format, _core.Chain.Genesis.Id);
        After(TimeSpan.Zero, WorldEventKind.Started, "", _durableTip.Id.Value.ToArray(), () => TryTake(new NodeInput.Started(Chain.Genesis.Id, key => Store.ReadRecord(key.Name))));
    }

    private void Crash(int keptCommits)
    {
        _life++;
        _core = null;
        _hasher = null;
        Store.Crash(keptCommits);
        _timers.Clear();
        _runningJobs.Clear();
        _steps.Clear();
        _commits.Clear();
        bool isOfPower = RandomFor("crashes").Happens(0.25);
        HasPower = !isOfPower;
        Network?.Crash(isOfPower);
        Network = null;
        _world.Record(Index, WorldEventKind.Crashed, "", default);
    }

    private void RestartAfter(TimeSpan span) => _world.After(span, Index, WorldEventKind.Scripted, "restart", default, () =>
    {
        if (!IsUp) Start();
    });

    private void Run(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.VerifySignatures verify:
                After(RandomFor("work").UpTo(_options.WorkTime), WorldEventKind.SignaturesVerified, "", default, () => TryTake(
                    new NodeInput.SignaturesVerified(verify.Job, _world.SignaturesOf(_profile.Signatures).Recover(verify.Claims))));
                break;
            case NodeEffect.Commit commit:
                _commits.Begin(commit.Batch);
                break;
            case NodeEffect.Continue:
                After(TimeSpan.Zero, WorldEventKind.Continued, "", default, () => TryTake(new NodeInput.Continued()));
                break;
            case NodeEffect.StartJob start:
                StartJob(start);
                break;
            case NodeEffect.CancelJob cancel:
                EndJob(TimeSpan.Zero, cancel.Id, null);
                break;
            case NodeEffect.SetTimer timer:
                SetTimer(timer);
                break;
            case PeerEffect network:
                Network?.Run(network);
                break;
            case NodeEffect.TipMoved moved:
                _durableTip = moved.Tip;
                if (moved.Ticket is not null) OpenReverts--;
                _world.Record(Index, WorldEventKind.TipMoved, "", _durableTip.Id.Value.ToArray());
                break;
            case NodeEffect.RevertRefused refused:
                Refusal = refused.Reason;
                OpenReverts--;
                break;
            case NodeEffect.BranchRefused refused:
                Refusal = refused.Limit;
                break;
            case NodeEffect.Halted halted:
                Fault = halted.Reason.Text;
                _world.Record(Index, WorldEventKind.Halted, halted.Reason.Text, default);
                break;
            default:
                break;
        }
    }

    private void StartJob(NodeEffect.StartJob start)
    {
        _runningJobs.Add(start.Id);
        (JobResult? result, TimeSpan searched) = _jobs.Run(start.Work);
        if (searched < World.MaxTime) EndJob(searched + RandomFor("work").UpTo(_options.WorkTime), start.Id, result);
    }

    private void EndJob(TimeSpan after, JobId job, JobResult? result) => After(after, WorldEventKind.JobDone, Invariant($"{job.Value}"), default, () =>
    {
        // Cancelled jobs end earlier than they would have.
        if (_runningJobs.Remove(job)) TryTake(new NodeInput.JobDone(job, result));
    });

    private void SetTimer(NodeEffect.SetTimer timer)
    {
        long number = ++_timerNumbers;
        _timers[timer.Timer] = number;
        After(Clock.Until(timer.At), WorldEventKind.TimerFired, timer.Timer.Name, default, () =>
        {
            if (_timers[timer.Timer] == number) TryTake(new NodeInput.TimerFired(timer.Timer));
        });
    }

    private sealed class EffectList : IEffectSink<NodeEffect>
    {
        public List<NodeEffect> Items { get; } = [];

        public void Emit(NodeEffect effect) => Items.Add(effect);
    }
}
