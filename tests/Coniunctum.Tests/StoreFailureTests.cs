using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Storage.Sqlite.Verification;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>
/// A node on a real file, with reorganizations and checkpoints, whose store fails at one call after another: each time the file
/// is copied as it lies there, opened, compared with a node that never failed, and the run goes on to its end.
/// </summary>
[Category("Long")]
public sealed class StoreFailureTests
{
    private const int Seed = 20261122;
    private const int Blocks = 200;
    private const int CheckpointBlocks = 6;
    private const int MostCommitsAtOnce = 3;

    // Every n-th call fails in the suite that runs each time, each one in the whole.
    private static readonly int s_step = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1 : 41;

    private ForkedScript _script = null!;
    private Dictionary<BlockId, string> _model = null!;
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public void MakeTheScriptAndTheModel()
    {
        _script = new ForkedScript(Blocks, Seed);
        using var store = new MemoryChainStore();
        var node = new Run(_script.Profile, store, new ChainOptions());
        _model = new() { [node.Core.Chain.Tip.Id] = Snapshot(node.Core) };
        int reorganizations = 0;
        foreach (HashedBlock block in _script.Blocks)
        {
            BlockId before = node.Core.Chain.Tip.Id;
            node.Take(block);
            HashedBlock tip = node.Core.Chain.Tip;
            _model[tip.Id] = Snapshot(node.Core);
            if (tip.Id != before && tip.Header.Previous != before) reorganizations++;
        }

        Assert.That(reorganizations, Is.GreaterThan(8));
        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {_script.Blocks.Length} blocks, {reorganizations} reorganizations"));
    }

    [SetUp]
    public void MakeTheFolder()
    {
        // In memory where there is such a place: the order of writes is what is looked at, not the disk.
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(parent, $"coniunctum-failure-{Guid.NewGuid():N}"));
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Delete(recursive: true);

    [TestCase(StoreFailure.BeforeCommit)]
    [TestCase(StoreFailure.DuringCommit)]
    [TestCase(StoreFailure.AfterCommit)]
    [TestCase(StoreFailure.Read)]
    public void Store_FailingAtAnyCall_LosesNothingThatWasAcknowledged(object failure)
    {
        var kind = (StoreFailure)failure;
        int calls = CallsOfAWholeRun(kind);
        int failed = 0, midCheckpoint = 0;
        for (int call = new Random(Seed).Next(s_step); call < calls; call += s_step, failed++)
        {
            (string image, BlockId? acknowledged, StoredTip? durable, bool isMidCheckpoint, int segment) = RunUntilFailure(kind, call);
            if (isMidCheckpoint) midCheckpoint++;
            using var store = SqliteChainStore.Open(image);
            string where = Invariant($"{kind} {call} of {calls}");
            Assert.That(store.Tip, Is.EqualTo(durable), where);
            if (kind != StoreFailure.AfterCommit) Assert.That(durable?.Id, Is.EqualTo(acknowledged), where);
            if (acknowledged is { } told) Assert.That(store.FindHead(told), Is.Not.Null, where);

            var node = new Run(_script.Profile, store, Options);
            Assert.That(Snapshot(node.Core), Is.EqualTo(_model[durable?.Id ?? node.Core.Chain.Genesis.Id]), where);
            foreach (HashedBlock block in _script.Segments.Skip(segment).SelectMany(blocks => blocks)) node.Take(block);
            Assert.That(Snapshot(node.Core), Is.EqualTo(_model[_script.Blocks[^1].Id]), where);
        }

        Assert.That(failed, Is.GreaterThan(3));
        TestContext.Out.WriteLine(Invariant($"seed {Seed}, {kind}: {failed} of {calls} calls failed, {midCheckpoint} while a checkpoint was being written; ")
            + "acknowledged blocks lost: 0, files that do not open: 0, states that differ: 0");
    }

    [Test]
    public void File_AfterARunWithFailures_IsSoundRowByRow([Values(StoreFailure.BeforeCommit, StoreFailure.DuringCommit, StoreFailure.AfterCommit)] object failure)
    {
        string image = RunUntilFailure((StoreFailure)failure, call: 150).Image;
        using (var store = SqliteChainStore.Open(image))
        {
            var node = new Run(_script.Profile, store, Options);
            foreach (HashedBlock block in _script.Blocks) node.Take(block);
        }

        StoreReport report = StoreVerification.Run(image, new StoreCheck { Profile = _script.Profile });
        Assert.That(report.Damages, Is.Empty);
        Assert.That(report.Checkpoint, Is.Not.Null);
    }

    private static ChainOptions Options => new() { CheckpointBlocks = CheckpointBlocks, KeptBlocks = 2, MaxRecentBytes = 0 };

    /// <summary>Everything that can be seen of a state, as one line.</summary>
    private static string Snapshot(NodeCore<ChainCore> node)
    {
        var state = (LedgerState)node.Chain.State;
        IEnumerable<string> accounts = state.Accounts.OrderBy(account => account.Key)
            .Select(account => $"{account.Key.Value} {account.Value} {state.LockedOf(account.Key)}");
        return $"{node.Chain.Tip.Id} {state.Height} {state.Supply} {state.StateRoot} {state.HistoryRoot} {node.Chain.ChainWeight} {string.Join(", ", accounts)}";
    }

    private int CallsOfAWholeRun(StoreFailure failure)
    {
        using var store = new FailingStore(SqliteChainStore.Open(Path.Combine(_folder.FullName, "whole.db")));
        var run = new Run(_script.Profile, store, Options);
        foreach (HashedBlock block in _script.Blocks) run.Take(block);
        Assert.That(Snapshot(run.Core), Is.EqualTo(_model[_script.Blocks[^1].Id]));
        return failure == StoreFailure.Read ? store.Reads : store.Commits;
    }

    /// <summary>Runs until a call fails, and copies the files as they lie there then.</summary>
    private (string Image, BlockId? Acknowledged, StoredTip? Durable, bool IsMidCheckpoint, int Segment) RunUntilFailure(StoreFailure failure, int call)
    {
        string path = Path.Combine(_folder.FullName, "run.db");
        foreach (string old in Directory.GetFiles(_folder.FullName)) File.Delete(old);
        using var file = SqliteChainStore.Open(path);
        var store = new FailingStore(file, failure, call);
        Run? run = null;
        int segment = 0;
        try
        {
            run = new Run(_script.Profile, store, Options);
            for (; segment < _script.Segments.Length; segment++)
            {
                foreach (HashedBlock block in _script.Segments[segment]) run.Take(block);
            }
        }
        catch (IOException)
        {
            // The one that was asked for.
        }

        string image = Path.Combine(_folder.FullName, "image.db");
        File.Copy(path, image);
        File.Copy(path + "-wal", image + "-wal");
        if (segment == _script.Segments.Length) throw new InvalidOperationException(Invariant($"{failure} {call} has not happened."));

        // The very first commit makes the ledger: when it fails there is no node yet.
        return (image, run?.Acknowledged, file.Tip, run?.IsMidCheckpoint ?? false, segment);
    }

    /// <summary>A node whose effects are done in order, on one thread; commits that wait are done together, as on a slow disk.</summary>
    private sealed class Run : IEffectSink<NodeEffect>
    {
        private readonly ChainProfile _profile;
        private readonly IChainStore _store;
        private readonly Queue<NodeEffect> _open = new();
        private readonly Random _random = new(Seed);

        public Run(ChainProfile profile, IChainStore store, ChainOptions options)
        {
            (_profile, _store) = (profile, store);
            Core = StoredChain.Open(profile, store, new NodeSetup { Chain = options });
            Acknowledged = Core.Chain.Tip.Id;
        }

        public NodeCore<ChainCore> Core { get; }

        /// <summary>The last tip that the world was told of.</summary>
        public BlockId Acknowledged { get; private set; }

        /// <summary>Whether some slices of a checkpoint are durable, and the last one is not.</summary>
        public bool IsMidCheckpoint { get; private set; }

        public void Take(HashedBlock block)
        {
            Step(new NodeInput.BlockArrived(block));
            while (_open.TryDequeue(out NodeEffect? effect))
            {
                switch (effect)
                {
                    case NodeEffect.VerifySignatures verify:
                        Step(new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_profile.Signatures, verify.Claims.AsSpan())));
                        break;
                    case NodeEffect.Commit commit:
                        Commit(commit);
                        break;
                    default:
                        Step(new NodeInput.Continued());
                        break;
                }
            }
        }

        void IEffectSink<NodeEffect>.Emit(NodeEffect effect)
        {
            if (effect is NodeEffect.TipMoved moved) Acknowledged = moved.Connected[^1].Id;
            if (effect is NodeEffect.VerifySignatures or NodeEffect.Commit or NodeEffect.Continue) _open.Enqueue(effect);
        }

        private void Commit(NodeEffect.Commit first)
        {
            var batches = new List<StoreBatch> { first.Batch };
            int most = _random.Next(1, MostCommitsAtOnce + 1);
            while (batches.Count < most && _open.TryPeek(out NodeEffect? next) && next is NodeEffect.Commit commit)
            {
                batches.Add(commit.Batch);
                _open.Dequeue();
            }

            _store.Commit([.. batches]);
            foreach (StoreBatch batch in batches)
            {
                if (batch.Slice is { } slice) IsMidCheckpoint = !slice.IsLast;
                Step(new NodeInput.Committed());
            }
        }

        private void Step(NodeInput input) => Core.Step(input, NodeTimes.At(_profile.Genesis.Timestamp.Plus(TimeSpan.FromHours(1))), this);
    }
}
