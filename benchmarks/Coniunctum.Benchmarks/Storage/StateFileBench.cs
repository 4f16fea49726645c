using System.Buffers.Binary;
using System.Diagnostics;
using Coniunctum.Benchmarks.Ledger;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Storage;

/// <summary>The state from one ledger's file into a file of a state, and from there into another ledger's: many accounts, then many headers.</summary>
internal static class StateFileBench
{
    private const int PaymentsABlock = 5_000;
    private const int BlocksACommit = 256;

    public static void Run(StorageBench bench)
    {
        foreach (int accounts in (int[])[bench.Times(100_000), bench.Times(1_000_000)]) Run(bench, Math.Max(1, accounts / PaymentsABlock), PaymentsABlock);
        Run(bench, bench.Times(100_000), 0);
    }

    private static void Run(StorageBench bench, int blocks, int payments)
    {
        bench.Title(Invariant($"The state after {blocks:#,0} blocks of {payments:#,0} payments, each to a new account"));
        var chain = new Chain();
        string path = bench.File(Invariant($"state-{blocks}-{payments}.bin"));
        using (var store = SqliteChainStore.Open(bench.File(Invariant($"from-{blocks}-{payments}.db"))))
        {
            chain.Write(store, blocks, payments);
            using var file = new FileStream(path, FileMode.Create);
            double seconds = SecondsOf(() => LedgerBuilder.For(chain.Profile).UseStore(store).ExportStateAsync(file));
            bench.Line($"export {seconds:0.00} s: {file.Length / 1e6:0.0} MB, {file.Length / 1e6 / seconds:0} MB/s");
        }

        using (var store = SqliteChainStore.Open(bench.File(Invariant($"to-{blocks}-{payments}.db"))))
        {
            using var file = new FileStream(path, FileMode.Open);
            double seconds = SecondsOf(async () =>
                await LedgerBuilder.For(chain.Profile).UseStore(store).ImportStateAsync(await StateFileReader.OpenAsync(file, chain.Profile.Limits)));
            bench.Line($"import {seconds:0.00} s: {file.Length / 1e6 / seconds:0} MB/s, {blocks / seconds:#,0} headers/s");
        }
    }

    private static double SecondsOf(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
#pragma warning disable VSTHRD002 // A program without a context to come back to.
        work().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>A chain in which one rich account pays; nothing is signed, and every digest is proof enough.</summary>
    private sealed class Chain
    {
        private static readonly Address s_rich = new(Sha3_256.Hash("rich"u8));

        private readonly LedgerState _state;
        private readonly GenesisBlock _genesis;
        private HashedBlock _tip;
        private Work _weight = Work.Zero;
        private ulong _numbers;

        public Chain()
        {
            Profile = Profiles.Standard with
            {
                Signatures = new UncheckedSignatures(),
                Consensus = new ProofOfWork(ProofOfWork.TargetFor(1)),
                Limits = new LedgerLimits { MaxBlockBytes = 4 * 1024 * 1024 },
                Genesis = Profiles.Standard.Genesis with { Allocations = [new(s_rich, 1_000_000_000_000)] },
            };
            _genesis = GenesisBlock.Create(Profile);
            _tip = _genesis.Block;
            _state = new LedgerState(Profile.Format.Traits, default);
            _state.Apply(_genesis.Delta);
        }

        public ChainProfile Profile { get; }

        public void Write(SqliteChainStore store, int blocks, int payments)
        {
            store.Commit(new StoreBatch
            {
                Connected = [Stored(_genesis.Block, default)],
                Records = [new StoreBatch.Record(TagKey.RecordName, _state.TagKey.ToArray())],
            });
            var waiting = new List<StoredBlock>();
            for (int i = 1; i <= blocks; i++)
            {
                waiting.Add(Next(payments));
                if (waiting.Count < BlocksACommit && i < blocks) continue;
                store.Commit(new StoreBatch { Connected = [.. waiting] });
                waiting.Clear();
            }

            ReadOnlyMemory<byte>[] slices = [.. StateCheckpoint.Write(_state.Snapshot())];
            for (int i = 0; i < slices.Length; i++)
                store.Commit(new StoreBatch { Slice = new CheckpointSlice(_tip.Id, _tip.Header.Height, i, slices[i], i == slices.Length - 1) });
        }

        private StoredBlock Next(int payments)
        {
            var overlay = new StateOverlay(_state);
            var execution = new BlockExecution(Profile, overlay);
            var all = new Transaction[1 + payments];
            for (int i = 1; i <= payments; i++) Require(execution.Apply(all[i] = Transfer(s_rich, AddressOf(++_numbers), 1_000, execution.Height + 50)));
            Require(execution.ApplyReward(all[0] = Transfer(Address.Root, s_rich, execution.RewardAmount, execution.Height)));
            Hash256 history = overlay.HistoryRoot;
            execution.Complete(default, Work.Zero);
            BlockHeader header = BlockAssembly.HeaderOn(Profile, _tip, all, overlay.StateRoot, history, milliseconds: 10);
            _tip = HashedBlock.Create(new Block { Header = header, Transactions = all }, Profile.Format, _genesis.Block.Id);
            var weight = Work.FromTarget(_tip.Header.Target);
            Require(BlockRules.Execute(_tip, Profile, new StateOverlay(_state), weight, out StateDelta? delta));
            _state.Apply(delta!);
            if (!Work.TryAdd(_weight, weight, out _weight)) throw new InvalidOperationException("The weight does not fit.");
            return Stored(_tip, delta!.Encode());
        }

        private StoredBlock Stored(HashedBlock block, ReadOnlyMemory<byte> undo) => new(HeadCodec.Write(block, Profile.Format, default, _weight), block.Encoded, undo);

        private Transaction Transfer(Address from, Address to, ulong amount, ulong validUntil)
        {
            byte[] tag = new byte[32];
            BinaryPrimitives.WriteUInt64BigEndian(tag, validUntil);
            BinaryPrimitives.WriteUInt64BigEndian(tag.AsSpan(16), ++_numbers);
            return new Transaction { Tag = new TransactionTag(new Hash256(tag)), Sender = from, Receiver = to, Amount = amount, Signature = new byte[65] };
        }

        private static Address AddressOf(ulong number)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
            return new Address(Sha3_256.Hash(bytes));
        }

        private static void Require(Verdict verdict)
        {
            if (!verdict.IsValid) throw new InvalidOperationException($"The workload is wrong: {verdict}.");
        }
    }
}
