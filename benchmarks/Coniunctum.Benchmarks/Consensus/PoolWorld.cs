using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Mining;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>A chain of 50,000 accounts and payments between them, all of which they can pay; drawn from a seed.</summary>
internal sealed class PoolWorld
{
    public const int Pooled = 100_000;
    private const int Accounts = 50_000;
    private const ulong Owned = 1UL << 40;
    private const int MaxFee = 4_000;

    private readonly Random _random = new(20_260_402);
    private readonly Address[] _accounts = new Address[Accounts];
    private readonly TransactionHasher _hasher;
    private ulong _tags;

    /// <summary>Creates the chain.</summary>
    /// <param name="others">More accounts, whose payments are made elsewhere.</param>
    public PoolWorld(params ReadOnlySpan<Address> others)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        for (int i = 0; i < Accounts; i++)
        {
            _random.NextBytes(bytes);
            _accounts[i] = new Address(new Hash256(bytes));
        }

        Profile = new ChainProfile
        {
            Name = "benchmark",
            Format = StandardFormat.Instance,
            Signatures = new PlainSignatures(),
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(1)),
            Genesis = new GenesisSpec
            {
                Timestamp = new Timestamp(1_000_000),
                Allocations = [.. _accounts.Concat(others.ToArray()).Select(account => new GenesisSpec.Allocation(account, Owned))],
            },
            Subsidy = new SubsidySchedule.Constant(50),
            BlockInterval = TimeSpan.FromSeconds(10),
            TagWindow = 8_640,
        };
        GenesisBlock genesis = GenesisBlock.Create(Profile);
        ChainId = genesis.Block.Id;
        State.Apply(genesis.Delta);
        _hasher = new TransactionHasher(Profile.Format, ChainId);
    }

    public ChainProfile Profile { get; }

    public BlockId ChainId { get; }

    public LedgerState State { get; } = new(StandardFormat.Instance.Traits, default);

    public Address DrawAccount() => _accounts[_random.Next(Accounts)];

    public HashedTransaction[] Payments(int count) => [.. Enumerable.Range(0, count).Select(_ => Payment((ulong)_random.Next(MaxFee)))];

    public HashedTransaction Payment(ulong fee) => Hash(Sign(Unsigned(DrawAccount(), fee)));

    /// <summary>A payment that is valid for the next 4,320 blocks.</summary>
    public Transaction Unsigned(Address sender, ulong fee) => new()
    {
        Tag = NextTag(),
        Sender = sender,
        Receiver = DrawAccount(),
        Amount = (ulong)_random.Next(1, 100_000),
        Fee = fee,
    };

    public HashedTransaction Hash(Transaction transaction) => _hasher.Hash(transaction);

    /// <summary>A block that holds transactions. No one checks it: it is what a pool follows.</summary>
    public HashedBlock BlockOf(IEnumerable<HashedTransaction> transactions)
    {
        var header = new BlockHeader { Height = 1, Nonce = 0, Previous = ChainId, MerkleRoot = default, Target = default };
        return HashedBlock.Create(new Block { Header = header, Transactions = [.. transactions.Select(hashed => hashed.Transaction)] }, Profile.Format, ChainId);
    }

    private Transaction Sign(Transaction transaction) =>
        transaction.WithSignature(PlainSignatures.Sign(transaction.Sender, Profile.Format.SigningDigest(transaction, ChainId).Value));

    private TransactionTag NextTag()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        _random.NextBytes(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, 4_320);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], ++_tags);
        return new TransactionTag(new Hash256(bytes));
    }
}
