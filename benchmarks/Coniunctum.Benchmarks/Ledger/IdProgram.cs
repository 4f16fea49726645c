using System.Buffers.Binary;
using System.Globalization;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The quick mode <c>ids</c>: the first paper's identities never expire, so that a ledger of its profile remembers every one;
/// what one of them takes in memory and in a checkpoint. The standard profile's set is bounded by its window.
/// </summary>
internal static class IdProgram
{
    private const int TransfersABlock = 1_000;

    // Few, so that all that grows is the set.
    private const int Accounts = 16;

    public static int Run(string[] args, TextWriter output)
    {
        int most = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        Address[] owners = [.. Enumerable.Range(0, Accounts).Select(i => new Address(Sha3_256.Hash(Tag(1, (ulong)i).Value.AsSpan())))];
        ChainProfile profile = Profiles.Int32Coin with
        {
            Genesis = new GenesisSpec { Timestamp = default, Allocations = [.. owners.Select(owner => new GenesisSpec.Allocation(owner, 1_000_000_000))] },
        };
        var state = new LedgerState(profile.Format.Traits, default);
        state.Apply(GenesisBlock.Create(profile).Delta);
        long memoryBefore = GC.GetTotalMemory(forceFullCollection: true);
        long checkpointBefore = CheckpointBytes(state);
        output.WriteLine("identities that are remembered for ever (int32coin); bytes each");
        int mark = 100_000;
        for (int ids = 0; mark <= most;)
        {
            Do(profile, state, owners, ids);
            ids += TransfersABlock;
            if (ids < mark) continue;
            double memory = (double)(GC.GetTotalMemory(forceFullCollection: true) - memoryBefore) / ids;
            double checkpoint = (double)(CheckpointBytes(state) - checkpointBefore) / ids;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ids,10:#,0}  {memory:0.0} in memory  {checkpoint:0.0} in a checkpoint"));
            mark *= 10;
        }

        return 0;
    }

    private static void Do(ChainProfile profile, LedgerState state, Address[] owners, int done)
    {
        var overlay = new StateOverlay(state);
        var execution = new BlockExecution(profile, overlay);
        Require(execution.ApplyReward(new Transaction { Tag = Tag(2, execution.Height), Sender = Address.Root, Receiver = owners[0], Amount = execution.RewardAmount }));
        for (int i = 0; i < TransfersABlock; i++)
        {
            Require(execution.Apply(new Transaction
            {
                Tag = Tag(3, (ulong)(done + i)),
                Sender = owners[i % Accounts],
                Receiver = owners[(i + 1) % Accounts],
                Amount = 1,
            }));
        }

        execution.Complete(default, Work.Zero);
        state.Apply(overlay.Total());
    }

    private static TransactionTag Tag(ulong kind, ulong number)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], kind);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], number);
        return new TransactionTag(new Hash256(bytes));
    }

    private static long CheckpointBytes(LedgerState state) => StateCheckpoint.Write(state.Snapshot()).Sum(slice => (long)slice.Length);

    private static void Require(Verdict verdict)
    {
        if (!verdict.IsValid) throw new InvalidOperationException(verdict.ToString());
    }
}
