using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>Real blocks with real hashes, which follow each other and transfer this and that. Nothing else of them is valid.</summary>
internal sealed class TestLedger(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The addresses that transactions are between.</summary>
    public Address[] Addresses { get; } = [.. Enumerable.Range(0, 40).Select(i => new Address(Sha3_256.Hash([(byte)i])))];

    public static ChainProfile Profile { get; } = new()
    {
        Name = "test",
        Format = StandardFormat.Instance,
        Signatures = new Secp256k1Scheme<Sha3_256>(),
        Consensus = new NoConsensus(),
        Genesis = new GenesisSpec { Timestamp = new Timestamp(1_000) },
        Subsidy = new SubsidySchedule.Constant(50),
    };

    public static BlockId Chain { get; } = new(Sha3_256.Hash([1, 2, 3]));

    /// <summary>Makes a block after another one; genesis after none.</summary>
    public HashedBlock Next(HashedBlock? parent, int transactions)
    {
        IBlockFormat format = Profile.Format;
        ImmutableArray<Transaction> list = [.. Enumerable.Range(0, transactions).Select(_ => Transfer())];
        var header = new BlockHeader
        {
            Height = parent is null ? 0 : parent.Header.Height + 1,
            Nonce = (ulong)_random.NextInt64(),
            Previous = parent?.Id ?? default,
            MerkleRoot = BlockAssembly.MerkleRootOf(format, Chain, list),
            Target = default,
        };
        return HashedBlock.Create(new Block { Header = header, Transactions = list }, format, Chain);
    }

    private Transaction Transfer() => new()
    {
        Tag = new TransactionTag(DrawHash()),
        Sender = _random.Next(10) == 0 ? Address.Root : Draw(),
        Receiver = Draw(),
        Amount = (ulong)_random.Next(1000),
        Fee = (ulong)_random.Next(10),
        Signature = new byte[65],
    };

    // Few addresses have most of the transactions.
    private Address Draw() => Addresses[(int)(Addresses.Length * Math.Pow(_random.NextDouble(), 4))];

    private Hash256 DrawHash()
    {
        byte[] bytes = new byte[Hash256.Size];
        _random.NextBytes(bytes);
        return new Hash256(bytes);
    }

    private sealed class NoConsensus : IConsensusParameters
    {
        public string RuleName => "none";

        public Hash256 GenesisTarget => default;

        public IEnumerable<Parameter> Parameters => [];
    }
}
