using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Tests.Support;

/// <summary>
/// Blocks in the order in which a node hears of them. Again and again two miners work side by side for a while, until one of
/// them is ahead by a block and the other gives up.
/// </summary>
internal sealed class ForkedScript
{
    private const int MostDisconnected = 5;

    /// <summary>Makes a script.</summary>
    /// <param name="blocks">How many blocks at least.</param>
    /// <param name="seed">What everything but the signatures follows from.</param>
    public ForkedScript(int blocks, int seed)
    {
        using PrivateKey key = PrivateKey.Generate(new SeededBytes(seed));
        Address owner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        Profile = Profiles.Development with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
            Genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(owner, 1_000_000)] },
        };

        var random = new Random(seed);
        var entropy = new SeededBytes(seed + 1);
        BlockMaker ours = new(Profile), theirs = new(Profile);
        Address[] miners = [.. Enumerable.Range(1, 3).Select(number => new Address(Sha3_256.Hash([(byte)number])))];
        var segments = ImmutableArray.CreateBuilder<ImmutableArray<HashedBlock>>();
        int made = 0;
        ulong height = 0;
        while (made < blocks)
        {
            bool isFork = random.Next(3) == 0;
            int ourBlocks = isFork ? random.Next(1, MostDisconnected + 1) : random.Next(1, 4);
            int theirBlocks = isFork ? ourBlocks + random.Next(1, 3) : 0;

            // Both sides have heard of the same payments.
            Transaction[] payments = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Transfer.Sign(
                key, miners[random.Next(miners.Length)], (ulong)random.Next(1, 100), new TransferContext(Profile, ours.Genesis.Id, height, entropy)))];
            HashedBlock[] lost = [.. Enumerable.Range(0, ourBlocks).Select(i => ours.Next(miners[0], i == 0 ? payments : []))];
            HashedBlock[] won = [.. Enumerable.Range(0, theirBlocks).Select(i => theirs.Next(miners[1], i == 0 ? payments : []))];
            if (isFork)
                ours.Take(won);
            else
                theirs.Take(lost);
            segments.Add([.. lost, .. won]);
            made += lost.Length + won.Length;
            height = (isFork ? won : lost)[^1].Header.Height;
        }

        Segments = segments.ToImmutable();
        Blocks = [.. Segments.SelectMany(segment => segment)];
    }

    public ChainProfile Profile { get; }

    /// <summary>The blocks, from one moment at which both miners agree to the next.</summary>
    public ImmutableArray<ImmutableArray<HashedBlock>> Segments { get; }

    public ImmutableArray<HashedBlock> Blocks { get; }

    private sealed class SeededBytes(int seed) : IEntropySource
    {
        private readonly Random _random = new(seed);

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}
