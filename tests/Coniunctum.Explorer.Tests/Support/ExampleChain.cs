using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Explorer.Tests.Support;

/// <summary>
/// Another node of a chain under proof-of-work, which makes its blocks: their times, payments and producers follow from a seed, so
/// that pages look the same each time.
/// </summary>
internal sealed class ExampleChain
{
    private const int Seed = 20261129;
    private const int Length = 120;

    private static readonly Lazy<ExampleChain> s_example = new(() =>
    {
        var chain = new ExampleChain(Seed);
        chain.Grow(Length);
        return chain;
    });

    private static readonly PrivateKey[] s_keys = [.. Enumerable.Range(0, 6).Select(number => KeyOf(Invariant($"owner {number}")))];

    private readonly ChainHarness _node;
    private readonly World _world = new(Profile);
    private readonly SeededEntropy _entropy;
    private readonly List<HashedBlock> _blocks = [];

    private ExampleChain(int seed)
    {
        _entropy = new SeededEntropy(seed);
        _node = new ChainHarness(_world) { Now = Profile.Genesis.Timestamp };
    }

    /// <summary>Blocks of ten seconds at about a thousand hashes, which the target follows.</summary>
    public static ChainProfile Profile { get; } = Profiles.Standard with
    {
        Name = "example",
        Consensus = new ProofOfWork(Target.ForHashes(256), new Asert(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10)), Target.ForHashes(1_024)),
        RewardMaturity = 10,
        // 2025-06-01T00:00:00Z: in the past, wherever tests run.
        Genesis = new GenesisSpec
        {
            Timestamp = new Timestamp(1_748_736_000_000),
            Allocations = [.. s_keys.Select(key => new GenesisSpec.Allocation(AddressOf(key), 40_000_000_000))],
        },
    };

    /// <summary>The example, which is not to be grown: tests that make blocks do so behind a branch of it.</summary>
    public static ExampleChain Example => s_example.Value;

    public IReadOnlyList<HashedBlock> Blocks => _blocks;

    public static Address Owner(int number) => AddressOf(s_keys[number]);

    /// <summary>The transaction's context behind the last block.</summary>
    public TransferContext Context => new(Profile, _world.ChainId, _node.Core.Tip.Header.Height, _entropy);

    /// <summary>Signs a payment between owners.</summary>
    public Transaction Pay(int from, int to, ulong amount, ulong fee) => Transfer.Sign(s_keys[from], Owner(to), amount, Context, fee);

    /// <summary>Makes blocks, at exponential intervals around ten seconds.</summary>
    public void Grow(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int number = _entropy.Next(6);
            for (int payment = 0; payment < number; payment++)
                _node.Submit(Pay(payment, (payment + 1 + _entropy.Next(5)) % 6, 1_000_000 + (ulong)_entropy.Next(90_000_000), 1_000 + (ulong)_entropy.Next(500)));
            Add(TimeSpan.FromMilliseconds(200 + (int)(-Math.Log(1 - _entropy.Share()) * 10_000)), Owner(_entropy.Next(3)));
        }
    }

    /// <summary>Makes the next block.</summary>
    /// <param name="later">How long after the one before.</param>
    /// <param name="miner">Who is paid its reward.</param>
    /// <param name="transactions">What it holds beside what was paid before.</param>
    public HashedBlock Add(TimeSpan later, Address miner, IEnumerable<Transaction>? transactions = null)
    {
        foreach (Transaction transaction in transactions ?? []) _node.Submit(transaction);
        _node.Now = (_blocks.LastOrDefault()?.Header.Timestamp ?? Profile.Genesis.Timestamp).Plus(later);
        Consensus.BlockDraft draft = _node.Candidate(miner).WithExtraNonce(0);
        ulong nonce = 0;
        while (Profile.Format.Digest(draft.Header with { Nonce = nonce }) >= draft.Header.Target) nonce++;
        HashedBlock block = draft.Seal(nonce, default);
        Take([block]);
        return block;
    }

    /// <summary>Another node, which has the blocks up to a height. What it makes behind them follows from that height.</summary>
    public ExampleChain Branch(int height)
    {
        var branch = new ExampleChain(Seed + 1 + height);
        branch.Take(_blocks.Take(height));
        return branch;
    }

    private void Take(IEnumerable<HashedBlock> blocks)
    {
        foreach (HashedBlock block in blocks)
        {
            _node.Now = new Timestamp(Math.Max(_node.Now.UnixMilliseconds, block.Header.Timestamp.UnixMilliseconds));
            _node.DeliverAll([block]);
            _blocks.Add(block);
        }
    }

    private static Address AddressOf(PrivateKey key) => Profiles.Standard.Signatures.AddressOf(key.PublicKey);

    private static PrivateKey KeyOf(string name) =>
        PrivateKey.TryCreate(Sha3_256.Hash(Encoding.UTF8.GetBytes(name)).AsSpan(), out PrivateKey? key) ? key : throw new InvalidOperationException($"{name} has no key.");

    private sealed class SeededEntropy(int seed) : IEntropySource
    {
        private readonly Random _random = new(seed);

        public int Next(int end) => _random.Next(end);

        public double Share() => _random.NextDouble();

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}
