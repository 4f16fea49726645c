using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>Opening a store: from its checkpoint, from what blocks changed, from the blocks themselves, or not at all.</summary>
public sealed class StoredChainTests : IEffectSink<NodeEffect>
{
    private const ulong Checkpoint = 8;
    private const ulong Height = 14;

    private readonly List<NodeEffect> _effects = [];
    private MemoryChainStore _memory = null!;
    private ChainProfile _profile = null!;
    private NodeCore<ChainCore> _node = null!;
    private PrivateKey _key = null!;

    [SetUp]
    public void CreateChain() => CreateChain(Height);

    [TearDown]
    public void Dispose()
    {
        _key.Dispose();
        _memory.Dispose();
    }

    [Test]
    public void Open_WithACheckpoint_ReadsNothingBelowIt()
    {
        var read = new List<ulong>();
        AssertSame(new TestStore(_memory)
        {
            OnReadUndo = (id, undo) =>
            {
                lock (read) read.Add(_memory.FindHead(id)!.Height);
                return undo;
            },
        });
        Assert.That(read.Order(), Is.EqualTo(Enumerable.Range((int)Checkpoint + 1, (int)(Height - Checkpoint)).Select(height => (ulong)height)));
    }

    [Test]
    public void Open_WithACheckpointThatLeftTheBestChain_GoesOnWhereTheChainsPart()
    {
        // Fewer blocks on the branch that wins than the next checkpoint would take.
        Dispose();
        CreateChain(Checkpoint + 1);
        var rival = new BlockMaker(_profile);
        for (ulong height = 1; height < Checkpoint; height++) rival.Take(BlockAt(height));
        for (ulong height = Checkpoint; height <= Checkpoint + 2; height++) Take(rival.Next(Address.Parse(new string('7', 64))));
        Assert.That(_node.Chain.Tip.Header.Height, Is.EqualTo(Checkpoint + 2), "the longer branch has won");
        Assert.That(_memory.IdAt(_memory.Checkpoint!.Value.Height), Is.Not.EqualTo(_memory.Checkpoint.Value.Id));
        AssertSame(new TestStore(_memory));
    }

    [Test]
    public void Open_WithADamagedCheckpoint_BeginsAtGenesis()
    {
        int slices = _memory.ReadCheckpoint().Count();
        for (int damaged = 0; damaged < slices; damaged++)
        {
            int position = damaged;
            AssertSame(new TestStore(_memory) { OnReadSlice = (index, slice) => index == position ? Flip(slice) : slice });
        }

        AssertSame(new TestStore(_memory) { OnReadSlice = (_, _) => throw new InvalidDataException("a checksum is wrong") });
    }

    [Test]
    public void Open_WithoutWhatUndoesABlock_ExecutesIt([Values(9UL, 11UL, 14UL)] ulong height)
    {
        BlockId id = _memory.IdAt(height)!.Value;
        AssertSame(new TestStore(_memory) { OnReadUndo = (asked, undo) => asked == id ? null : undo });
        AssertSame(new TestStore(_memory) { OnReadUndo = (asked, undo) => asked == id ? undo!.Value[..^1] : undo });
        AssertSame(new TestStore(_memory) { OnReadUndo = (asked, undo) => asked == id ? throw new InvalidDataException("a checksum is wrong") : undo });
    }

    [Test]
    public void Open_WithWhatUndoesAnotherBlock_IsRefused()
    {
        BlockId tenth = _memory.IdAt(10)!.Value;
        var store = new TestStore(_memory) { OnReadUndo = (asked, undo) => asked == tenth ? _memory.ReadUndo(_memory.IdAt(11)!.Value) : undo };
        Assert.That(() => StoredChain.Open(_profile, store), Throws.TypeOf<LedgerOpenException>().With.Property(nameof(LedgerOpenException.Fault)).EqualTo(LedgerOpenFault.Damaged).And.Message.Contains("height 10"));
    }

    [Test]
    public void Open_WithAnyByteChangedOfWhatUndoesABlock_IsRefusedOrTheSameState([Values(11UL, Height)] ulong height)
    {
        BlockId id = _memory.IdAt(height)!.Value;
        int length = _memory.ReadUndo(id)!.Value.Length;
        int refused = 0;
        for (int position = 0; position < length; position++)
        {
            int changed = position;
            var store = new TestStore(_memory) { OnReadUndo = (asked, undo) => asked == id ? Change(undo!.Value, changed) : undo };
            try
            {
                AssertSame(store);
            }
            catch (LedgerOpenException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.Positive, "some changes can be read, and lead elsewhere");
    }

    [Test]
    public void Open_WithoutTheKeyOfItsTags_IsRefused()
    {
        Assert.That(
            () => StoredChain.Open(_profile, new TestStore(_memory) { OnReadRecord = (_, _) => null }),
            Throws.TypeOf<LedgerOpenException>().With.Property(nameof(LedgerOpenException.Fault)).EqualTo(LedgerOpenFault.Damaged).And.Message.Contains("key"));
        Assert.That(
            () => StoredChain.Open(_profile, new TestStore(_memory) { OnReadRecord = (_, record) => record!.Value[1..] }),
            Throws.TypeOf<LedgerOpenException>().With.Property(nameof(LedgerOpenException.Fault)).EqualTo(LedgerOpenFault.Damaged).And.Message.Contains("15 bytes, not 16"));
    }

    [Test]
    public void Open_TellsHowFarItIs_AndStopsWhenItIsTold()
    {
        var told = new List<OpeningProgress>();
        var progress = new Listener(told.Add);
        StoredChain.Open(_profile, _memory, new NodeSetup { Progress = progress });
        Assert.That(told.Select(step => step.Stage).Distinct(), Is.EqualTo(new[] { OpeningStage.ReadingCheckpoint, OpeningStage.Replaying }));
        Assert.That(told[^1], Is.EqualTo(new OpeningProgress(OpeningStage.Replaying, Height, Height)));

        Assert.That(
            () => StoredChain.Open(_profile, _memory, cancellation: new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    void IEffectSink<NodeEffect>.Emit(NodeEffect effect) => _effects.Add(effect);

    private static ReadOnlyMemory<byte> Flip(ReadOnlyMemory<byte> bytes) => Change(bytes, bytes.Length / 2);

    private static ReadOnlyMemory<byte> Change(ReadOnlyMemory<byte> bytes, int position)
    {
        byte[] changed = bytes.ToArray();
        changed[position] ^= 1;
        return changed;
    }

    private void CreateChain(ulong top)
    {
        _effects.Clear();
        _memory = new MemoryChainStore();
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Profiles.Development.Signatures.AddressOf(_key.PublicKey);
        _profile = Profiles.Development with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(4)),
            Genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(owner, 1_000)] },
        };
        _node = StoredChain.Open(_profile, _memory, new NodeSetup { Chain = new ChainOptions { CheckpointBlocks = (long)Checkpoint, KeptBlocks = 2, MaxRecentBytes = 0 } });
        var maker = new BlockMaker(_profile);
        while (_node.Chain.Tip.Header.Height < top) Take(maker.Next(owner));
        Assert.That(_memory.Checkpoint!.Value.Height, Is.EqualTo(Checkpoint));
    }

    private HashedBlock BlockAt(ulong height)
    {
        BlockId id = _memory.IdAt(height)!.Value;
        DecodeOutcome outcome = HashedBlock.Decode(_memory.ReadBlock(id)!.Value, _profile.Format, _profile.Limits, _node.Chain.Genesis.Id, out HashedBlock? block);
        return block ?? throw new InvalidDataException($"{outcome}");
    }

    private void AssertSame(TestStore store)
    {
        NodeCore<ChainCore> node = StoredChain.Open(_profile, store);
        var state = (LedgerState)node.Chain.State;
        var expected = (LedgerState)_node.Chain.State;
        Assert.That(node.Chain.Tip.Encoded.ToArray(), Is.EqualTo(_node.Chain.Tip.Encoded.ToArray()));
        Assert.That(node.Chain.ChainWeight, Is.EqualTo(_node.Chain.ChainWeight));
        Assert.That((state.Height, state.Supply, state.StateRoot, state.HistoryRoot), Is.EqualTo((expected.Height, expected.Supply, expected.StateRoot, expected.HistoryRoot)));
        Assert.That(state.Accounts, Is.EquivalentTo(expected.Accounts));
    }

    /// <summary>Takes a block; signatures are verified and commits written at once.</summary>
    private void Take(HashedBlock block)
    {
        Step(new NodeInput.BlockArrived(block));
        for (int i = 0; i < _effects.Count; i++)
        {
            switch (_effects[i])
            {
                case NodeEffect.VerifySignatures verify:
                    Step(new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_profile.Signatures, verify.Claims.AsSpan())));
                    break;
                case NodeEffect.Commit commit:
                    _memory.Commit(commit.Batch);
                    Step(new NodeInput.Committed());
                    break;
                case NodeEffect.Continue:
                    Step(new NodeInput.Continued());
                    break;
                default:
                    break;
            }
        }

        _effects.Clear();
    }

    private void Step(NodeInput input) => _node.Step(input, NodeTimes.At(_profile.Genesis.Timestamp.Plus(TimeSpan.FromHours(1))), this);

    private sealed class Listener(Action<OpeningProgress> hear) : IProgress<OpeningProgress>
    {
        public void Report(OpeningProgress value) => hear(value);
    }
}
