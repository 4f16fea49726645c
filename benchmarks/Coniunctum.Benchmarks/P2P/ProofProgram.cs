using System.Diagnostics;
using System.Globalization;
using Coniunctum.Benchmarks.Ledger;
using Coniunctum.Consensus.Internal;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.P2P;

#pragma warning disable CONIUNCTUM001 // The network's own types, which may change.

/// <summary>
/// The quick mode <c>proofs</c>: what it costs a node to answer GetProof, GetInclusion and GetAncestry from a chain in a SQLite file, on one
/// thread, from the question to the encoded proof. What a peer is charged for each follows from it (PeerBudget).
/// </summary>
internal static class ProofProgram
{
    private const int Seed = 20261129;
    private const int Largest = 5_000;
    private const int LargeBlocks = 20;
    private const int Samples = 400;
    private const int WarmUps = 100;

    public static int Run(string[] args, TextWriter output)
    {
        int blocks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        int transfers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 50;
        int accounts = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coniunctum-proofs");
        try
        {
            using var chain = new TransferChain(Profiles.Standard, accounts, signed: false, Seed);
            using SqliteChainStore store = SqliteChainStore.Open(Path.Combine(folder.FullName, "ledger.db"));
            HashedBlock[] small = Fill(chain, store, blocks, transfers), large = Fill(chain, store, LargeBlocks, Largest);
            output.WriteLine(Invariant($"{blocks} blocks of {transfers} transfers, then {LargeBlocks} of {Largest}; {accounts} accounts; microseconds an answer: median, 9 of 10, most"));
            Measure(output, chain, store, small, large);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static HashedBlock[] Fill(TransferChain chain, SqliteChainStore store, int blocks, int transfers)
    {
        if (store.Tip is null) store.Commit(ImportWork.BatchOf(chain, chain.Genesis, default));
        var made = new HashedBlock[blocks];
        var group = new List<StoreBatch>();
        for (int i = 0; i < blocks; i++)
        {
            chain.Next(transfers);
            made[i] = chain.Tip;
            group.Add(ImportWork.BatchOf(chain, chain.Tip, default));
            if (group.Count < 100 && i < blocks - 1) continue;
            store.Commit([.. group]);
            group.Clear();
        }

        return made;
    }

    private static void Measure(TextWriter output, TransferChain chain, SqliteChainStore store, HashedBlock[] small, HashedBlock[] large)
    {
        var random = new Random(Seed);
        var answers = new StoreAnswers(chain.Profile, store, new RecentStates(chain.Tip, new OwnedReading(chain.State.TakeReading())));
        BlockId tip = chain.Tip.Id;
        foreach (int keys in (int[])[1, 16])
            Measure(output, answers, Invariant($"GetProof of {keys}"), () => new PeerEffect.ReadStateProof(default, tip, [.. Enumerable.Range(0, keys).Select(_ => KeyOf(chain.Accounts[random.Next(chain.Accounts.Count)]))]));
        foreach (HashedBlock[] from in (HashedBlock[][])[small, large])
        {
            Measure(output, answers, Invariant($"GetInclusion in {from[0].Transactions.Count}"), () =>
            {
                HashedBlock block = from[random.Next(from.Length)];
                return new PeerEffect.ReadInclusion(default, block.Id, new TransactionHasher(chain.Profile.Format, chain.Genesis.Id).Hash(block.Transactions[random.Next(1, block.Transactions.Count)].Transaction).Leaf);
            });
        }

        Measure(output, answers, "GetAncestry", () => new PeerEffect.ReadAncestry(default, small[^1].Id, (ulong)random.NextInt64((long)small[^1].Header.Height)));
    }

    private static void Measure(TextWriter output, StoreAnswers answers, string name, Func<PeerEffect> ask)
    {
        var costs = new List<double>();
        int bytes = 0;
        for (int i = -WarmUps; i < Samples; i++)
        {
            PeerEffect question = ask();
            long start = Stopwatch.GetTimestamp();
            PeerInput? answer = answers.TryAnswer(question);
            double cost = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (answer is not PeerInput.ProofRead { Bytes: { } proof }) throw new InvalidOperationException($"The workload is wrong: {name} is not answered.");
            bytes = Math.Max(bytes, proof.Length);
            if (i >= 0) costs.Add(cost);
        }

        costs.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-24} {costs[Samples / 2],8:#,0} {costs[Samples * 9 / 10],8:#,0} {costs[^1],8:#,0}; {bytes:#,0} bytes"));
    }

    private static ReadOnlyMemory<byte> KeyOf(Address address) => new byte[] { 0x00 }.Concat(address.Value.ToArray()).ToArray();
}
