using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>
/// A node of a <see cref="World"/>: the <see cref="NodeCore{TChain}"/> that users run, with a virtual clock, a
/// <see cref="CrashingStore"/>, jobs in virtual time and the world's links around it.
/// </summary>
public sealed class SimulatedNode
{
    private readonly World _world;
    private readonly ChainProfile _profile;
    private readonly NodeOptions _options;
    private readonly VirtualJobs _jobs;
    private readonly OrphanFetcher _fetches;
    private readonly StepQueue _steps;
    private readonly CommitQueue _commits;
    private readonly MessageRelay? _relayed;
    private readonly Dictionary<TimerId, long> _timers = [];
    private readonly HashSet<JobId> _runningJobs = [];
    private readonly List<HashedTransaction> _announced = [];
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
        _jobs = new VirtualJobs(world.Random, options.HashRate);
        _fetches = new OrphanFetcher(world, this);
        _steps = new StepQueue(world, this, options);
        _commits = new CommitQueue(world, this, options);
        _relayed = options.RelaysMessages ? new MessageRelay(world, this) : null;
        Store = new CrashingStore(options.RemembersCommits);
        Index = index;
        Clock = new VirtualClock(world, options.ClockOffset, options.ClockDriftPerMillion);
    }

    /// <summary>The node's place in <see cref="World.Nodes"/>.</summary>
    public int Index { get; }

    /// <summary>What other nodes call it.</summary>
    public string Name => Invariant($"node {Index}");

    /// <summary>What it is to other nodes' machines, which count peers from 1.</summary>
    public PeerId Peer => new(Index + 1);

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

    /// <summary>How many reverts were asked for since the node's start and not answered yet.</summary>
    internal int OpenReverts { get; private set; }

    /// <summary>The node's chain, to read.</summary>
    /// <exception cref="InvalidOperationException">The node does not run.</exception>
    public ChainCore Chain => _core?.Chain ?? throw new InvalidOperationException($"{Name} does not run: it has crashed.");

    /// <summary>What a sender needs to sign a transfer, as this node sees the chain.</summary>
    public TransferContext Context => new(_profile, Chain.Genesis.Id, Chain.Tip.Header.Height, _world.Random);

    /// <summary>Submits a transaction, as the node's user.</summary>
    /// <param name="transaction">The transaction.</param>
    public void Submit(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        HashedTransaction hashed = (_hasher ?? throw new InvalidOperationException($"{Name} does not run: it has crashed.")).Hash(transaction);
        After(TimeSpan.Zero, WorldEventKind.Submitted, "transaction", hashed.Encoded, () => Take(new NodeInput.TransactionArrived(++_tickets, hashed)));
    }

    /// <summary>Has the node's chain end at one of its older blocks again, as its owner may where it is no one else's; see <see cref="Refusal"/>.</summary>
    /// <param name="height">The block's height, at most the tip's.</param>
    public void Revert(ulong height)
    {
        BlockId block = Chain.BlockAt(height)?.Id ?? throw new ArgumentOutOfRangeException(nameof(height), height, $"{Name} has no such block.");
        After(TimeSpan.Zero, WorldEventKind.Submitted, "revert", block.Value.ToArray(), () =>
        {
            OpenReverts++;
            Take(new NodeInput.RevertRequested(++_tickets, block));
        });
    }

    /// <summary>
    /// Crashes the node: it loses its memory, and its store the commits that are not durable, but for as many of the oldest as
    /// are drawn.
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
    internal void Take(NodeInput input) => _steps.Take(input);

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

    internal SimulatedNode DrawOther()
    {
        int index = _world.Random.Below(_world.Nodes.Count - 1);
        return _world.Nodes[index < Index ? index : index + 1];
    }

    internal void Start()
    {
        _life++;
        Clock.Start();
        (Fault, Refusal, OpenReverts) = (null, null, 0);
        var setup = new NodeSetup { Producer = _options.Producer?.Invoke(_jobs), Pool = _options.Pool, Chain = _options.Chain, Entropy = _world.Random };
        _core = StoredChain.Open(_profile, Store, setup);
        _durableTip = _core.Chain.Tip;
        _hasher = new TransactionHasher(_profile.Format, _core.Chain.Genesis.Id);
        After(TimeSpan.Zero, WorldEventKind.Started, "", _durableTip.Id.Value.ToArray(), () => Take(new NodeInput.Started(Chain.Genesis.Id, key => Store.ReadRecord(key.Name))));
        After(_world.Options.GossipInterval, WorldEventKind.NetworkTimer, "gossip", default, Gossip);
        // Whoever connects is told the others' tips.
        foreach (SimulatedNode other in _world.Nodes)
        {
            if (other == this || !other.IsUp) continue;
            other.SendTip(this);
            other._relayed?.SendLatest(this);
        }
    }

    /// <summary>Reads what another node sent. Bytes that are nothing are ignored.</summary>
    internal void Receive(SimulatedNode from, Message message)
    {
        if (!IsUp) return;
        switch (message.Kind)
        {
            case MessageKind.Block:
                HashedBlock.Decode(message.Content, _profile.Format, _profile.Limits, Chain.Genesis.Id, out HashedBlock? block);
                if (block is not null) Take(new NodeInput.BlockArrived(block, from.Peer));
                break;
            case MessageKind.Transaction:
                _hasher!.Decode(message.Content, _profile.Limits, out HashedTransaction? transaction);
                if (transaction is not null) Take(new NodeInput.TransactionArrived(++_tickets, transaction, MayWait: true, from.Peer));
                break;
            case MessageKind.BlockRequest:
                // Only what is durable, which is verified: others would be blamed for what they relay.
                if (Store.ReadBlock(new BlockId(new Crypto.Hash256(message.Content.Span))) is { } asked) _world.Send(this, from, BlockMessage(asked));
                break;
            case MessageKind.Message:
                HashedBlock? beside = null;
                if (!message.Block.IsEmpty) HashedBlock.Decode(message.Block, _profile.Format, _profile.Limits, Chain.Genesis.Id, out beside);
                Take(new NodeInput.MessageArrived(message.Topic, from.Peer, message.Content, beside));
                break;
            default:
                throw new InvalidOperationException($"A message of no kind came from {from.Name}.");
        }
    }

    private static Message BlockMessage(ReadOnlyMemory<byte> encoded) => new(MessageKind.Block, "", encoded);

    private void Crash(int keptCommits)
    {
        _life++;
        _core = null;
        _hasher = null;
        Store.Crash(keptCommits);
        _timers.Clear();
        _runningJobs.Clear();
        _announced.Clear();
        _fetches.Clear();
        _steps.Clear();
        _commits.Clear();
        _relayed?.Clear();
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
                After(_world.Draw(_options.WorkTime), WorldEventKind.SignaturesVerified, "", default, () => Take(
                    new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_profile.Signatures, verify.Claims.AsSpan()))));
                break;
            case NodeEffect.Commit commit:
                _commits.Begin(commit.Batch);
                break;
            case NodeEffect.Continue:
                After(TimeSpan.Zero, WorldEventKind.Continued, "", default, () => Take(new NodeInput.Continued()));
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
            case NodeEffect.AnnounceBlock announce:
                Broadcast(BlockMessage(announce.Block.Encoded));
                break;
            case NodeEffect.AnnounceTransaction announce:
                _announced.Add(announce.Transaction);
                Broadcast(new Message(MessageKind.Transaction, "", announce.Transaction.Encoded));
                break;
            case NodeEffect.Send send:
                Broadcast(new Message(MessageKind.Message, send.Topic, send.Content, send.Block?.Encoded ?? default));
                break;
            case NodeEffect.MessageJudged { Verdict: MessageVerdict.Accepted } judged:
                _relayed?.PassOn(judged);
                break;
            case NodeEffect.FetchBlock fetch:
                _fetches.Want(fetch);
                break;
            case NodeEffect.BlockJudged judged:
                Release(judged.Block.Id, judged.Verdict.Kind);
                break;
            case NodeEffect.BlockSettled settled:
                Release(settled.Block.Id, settled.Verdict.Kind);
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

    private void Release(BlockId judged, VerdictKind verdict)
    {
        foreach (NodeInput.BlockArrived child in _fetches.Release(judged, verdict))
            After(TimeSpan.Zero, WorldEventKind.Continued, "child", child.Block.Id.Value.ToArray(), () => Take(child));
    }

    private void StartJob(NodeEffect.StartJob start)
    {
        _runningJobs.Add(start.Id);
        (JobResult? result, TimeSpan searched) = _jobs.Run(start.Work);
        if (searched < World.MaxTime) EndJob(searched + _world.Draw(_options.WorkTime), start.Id, result);
    }

    private void EndJob(TimeSpan after, JobId job, JobResult? result) => After(after, WorldEventKind.JobDone, Invariant($"{job.Value}"), default, () =>
    {
        // Cancelled jobs end earlier than they would have.
        if (_runningJobs.Remove(job)) Take(new NodeInput.JobDone(job, result));
    });

    private void SetTimer(NodeEffect.SetTimer timer)
    {
        long number = ++_timerNumbers;
        _timers[timer.Timer] = number;
        After(Clock.Until(timer.At), WorldEventKind.TimerFired, timer.Timer.Name, default, () =>
        {
            if (_timers[timer.Timer] == number) Take(new NodeInput.TimerFired(timer.Timer));
        });
    }

    private void Broadcast(Message message)
    {
        foreach (SimulatedNode other in _world.Nodes)
        {
            if (other != this) _world.Send(this, other, message);
        }
    }

    /// <summary>Tells another node what an earlier message may not have told it.</summary>
    private void Gossip()
    {
        After(_world.Options.GossipInterval, WorldEventKind.NetworkTimer, "gossip", default, Gossip);
        if (_world.Nodes.Count < 2) return;
        SimulatedNode other = DrawOther();
        SendTip(other);
        _relayed?.SendLatest(other);
        _announced.RemoveAll(transaction => !Chain.IsPooled(transaction.Id));
        foreach (HashedTransaction transaction in _announced)
            _world.Send(this, other, new Message(MessageKind.Transaction, "", transaction.Encoded));
    }

    private void SendTip(SimulatedNode other)
    {
        if (_durableTip!.Header.Height > 0) _world.Send(this, other, BlockMessage(_durableTip.Encoded));
    }

    private sealed class EffectList : IEffectSink<NodeEffect>
    {
        public List<NodeEffect> Items { get; } = [];

        public void Emit(NodeEffect effect) => Items.Add(effect);
    }
}
