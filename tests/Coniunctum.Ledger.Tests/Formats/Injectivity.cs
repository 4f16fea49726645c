using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Formats;

/// <summary>Whatever field is changed, every hash that covers it changes.</summary>
internal static class Injectivity
{
    public static List<Func<BlockHeader, BlockHeader>> PaperHeaderChanges { get; } =
    [
        header => header with { Height = header.Height ^ 1 },
        header => header with { Nonce = header.Nonce ^ 1 },
        header => header with { Previous = new BlockId(Plain.Fill(0x99)) },
        header => header with { MerkleRoot = Plain.Fill(0x99) },
        header => header with { Target = Plain.Fill(0x99) },
    ];

    public static List<Func<BlockHeader, BlockHeader>> HeaderChanges { get; } =
    [
        .. PaperHeaderChanges,
        header => header with { Ruleset = (ushort)(header.Ruleset ^ 1) },
        header => header with { Timestamp = new Timestamp(header.Timestamp.UnixMilliseconds ^ 1) },
        header => header with { StateRoot = Plain.Fill(0x99) },
        header => header with { HistoryRoot = Plain.Fill(0x99) },
    ];

    public static List<Func<Transaction, Transaction>> PaperTransactionChanges { get; } =
    [
        transaction => With(transaction, tag: Plain.Fill(0x99)),
        transaction => With(transaction, sender: Plain.Fill(0x99)),
        transaction => With(transaction, receiver: Plain.Fill(0x99)),
        transaction => With(transaction, amount: transaction.Amount ^ 1),
    ];

    public static List<Func<Transaction, Transaction>> TransactionChanges { get; } =
    [
        .. PaperTransactionChanges,
        transaction => With(transaction, fee: transaction.Fee ^ 1),
        transaction => With(transaction, payload: new byte[] { 1 }),
        transaction => With(transaction, payload: new byte[] { 1, 0 }),
    ];

    public static void CheckHeaders(IBlockFormat format, BlockHeader header, List<Func<BlockHeader, BlockHeader>> changes)
    {
        // Swapped neighbours too: each field has its place.
        IEnumerable<BlockHeader> swapped =
        [
            header with { Height = header.Nonce, Nonce = header.Height },
            header with { Previous = new BlockId(header.MerkleRoot), MerkleRoot = header.Previous.Value },
            header with { MerkleRoot = header.Target, Target = header.MerkleRoot },
        ];
        List<Hash256> digests = [.. changes.Select(change => change(header)).Append(header).Concat(swapped).Select(format.Digest)];
        Assert.That(digests, Is.Unique);
    }

    public static void CheckTransactions(
        IBlockFormat format, Transaction transaction, List<Func<Transaction, Transaction>> changes, bool chainMatters, bool indexMatters)
    {
        List<Transaction> all = [.. changes.Select(change => change(transaction)), transaction];
        all.Add(With(transaction, sender: transaction.Receiver.Value, receiver: transaction.Sender.Value));
        all.Add(With(transaction, tag: transaction.Sender.Value, sender: transaction.Tag.Value));
        Assert.That(all.Select(one => format.SigningDigest(one, default)), Is.Unique);
        Assert.That(all.Select(one => format.Leaf(one, 0)), Is.Unique);

        Transaction signed = transaction.WithSignature(new byte[65]);
        Assert.That(format.SigningDigest(signed, default), Is.EqualTo(format.SigningDigest(transaction, default)));
        Assert.That(format.Leaf(signed, 0), Is.Not.EqualTo(format.Leaf(transaction, 0)));
        Assert.That(
            format.SigningDigest(transaction, new BlockId(Plain.Fill(1))) != format.SigningDigest(transaction, default),
            Is.EqualTo(chainMatters));
        Assert.That(format.Leaf(transaction, 1) != format.Leaf(transaction, 0), Is.EqualTo(indexMatters));
    }

    public static Transaction With(
        Transaction from,
        Hash256? tag = null,
        Hash256? sender = null,
        Hash256? receiver = null,
        ulong? amount = null,
        ulong? fee = null,
        byte[]? payload = null) => new()
        {
            Tag = new TransactionTag(tag ?? from.Tag.Value),
            Sender = new Address(sender ?? from.Sender.Value),
            Receiver = new Address(receiver ?? from.Receiver.Value),
            Amount = amount ?? from.Amount,
            Fee = fee ?? from.Fee,
            Payload = payload ?? from.Payload,
            Signature = from.Signature,
        };
}
