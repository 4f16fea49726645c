using System.Buffers.Binary;
using Coniunctum.Authority;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;

namespace Coniunctum.TestKit.Chains;

/// <summary>A chain's profile, its owners, and transactions that they signed. Deterministic: tags are counted, not drawn.</summary>
internal sealed class World
{
    private readonly ulong _tagWindow;
    private ulong _tags;

    public World(ChainProfile profile)
    {
        Profile = profile;
        _tagWindow = profile.TagWindow;
        ChainId = Ledger.Execution.GenesisBlock.Create(profile).Block.Id;
    }

    public World(IBlockFormat format)
        : this(ProfileOf(format))
    {
    }

    /// <summary>Both formats, for fixtures.</summary>
    public static IBlockFormat[] Formats { get; } = [Int32CoinFormat.Instance, StandardFormat.Instance];

    /// <summary>Owns 1,000 at genesis.</summary>
    public static Address Alice { get; } = Owner(0xa1);

    /// <summary>Owns 500 at genesis.</summary>
    public static Address Bob { get; } = Owner(0xb0);

    /// <summary>Owns nothing at genesis.</summary>
    public static Address Carol { get; } = Owner(0xca);

    public static Address Miner { get; } = Owner(0x33);

    public static Address OtherMiner { get; } = Owner(0x44);

    public ChainProfile Profile { get; }

    public BlockId ChainId { get; }

    /// <summary>What each block weighs, to which the history root commits.</summary>
    public Work BlockWeight { get; init; } = Work.FromTarget(ProofOfWork.TargetFor(2));

    /// <summary>What the block at a height weighs, where that differs.</summary>
    public Func<ulong, Work>? WeightAt { get; init; }

    /// <summary>Two hashes a block on average, subsidy 50, tags last a day of hours, rewards may be spent at once.</summary>
    public static ChainProfile ProfileOf(IBlockFormat format) => new()
    {
        Name = "test",
        Format = format,
        Signatures = new PlainSignatures(),
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
        Genesis = new GenesisSpec
        {
            Timestamp = format.Traits.HasExtendedHeader ? new Timestamp(1_000_000) : default,
            Allocations = [new(Alice, 1_000), new(Bob, 500)],
        },
        Subsidy = new SubsidySchedule.Constant(50),
        TagWindow = 24,
        BlockInterval = TimeSpan.FromHours(1),
    };

    /// <summary>Alice seals every block; what is adopted is final.</summary>
    public static World UnderAuthority() =>
        new(ProfileOf(StandardFormat.Instance) with { Consensus = new SingleAuthority(Alice) }) { BlockWeight = Work.From(2) };

    public static Address Owner(byte value)
    {
        byte[] bytes = new byte[32];
        Array.Fill(bytes, value);
        return new Address(new Hash256(bytes));
    }

    /// <summary>A tag that no one has used; where tags expire, valid up to a height.</summary>
    public TransactionTag Tag(ulong? validUntil = null)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, validUntil ?? _tagWindow);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], ++_tags);
        return new TransactionTag(new Hash256(bytes));
    }

    /// <summary>A signed payment.</summary>
    public Transaction Pay(Address sender, Address receiver, ulong amount, ulong fee = 0, TransactionTag? tag = null, ulong? validUntil = null) =>
        Sign(new Transaction
        {
            Tag = tag ?? Tag(validUntil),
            Sender = sender,
            Receiver = receiver,
            Amount = amount,
            Fee = fee,
        });

    public Transaction Sign(Transaction transaction) => transaction.WithSignature(
        PlainSignatures.Sign(transaction.Sender, Profile.Format.SigningDigest(transaction, ChainId).Value));

    /// <summary>The same transaction with a signature that is no one's.</summary>
    public static Transaction Missign(Transaction transaction)
    {
        byte[] signature = transaction.Signature.ToArray();
        signature[^1] ^= 1;
        return transaction.WithSignature(signature);
    }

    public HashedTransaction Hash(Transaction transaction) => new TransactionHasher(Profile.Format, ChainId).Hash(transaction);

    public TransactionId IdOf(Transaction transaction) => Profile.Format.SigningDigest(transaction, ChainId);
}
