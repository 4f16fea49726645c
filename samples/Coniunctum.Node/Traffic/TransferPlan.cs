using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Traffic;

/// <summary>A transfer before it is signed. A fault changes one thing about a valid plan.</summary>
internal sealed record TransferPlan(DevAccount Payer, Address Receiver, ulong Amount, ulong Fee, TransactionTag Tag)
{
    /// <summary>Who the transfer says pays.</summary>
    public Address Sender { get; init; } = Payer.Address;

    /// <summary>Whose key signs.</summary>
    public DevAccount Signer { get; init; } = Payer;

    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The bit of the signature that is flipped, or <c>null</c>.</summary>
    public int? FlippedBit { get; init; }

    public Transaction Sign(TransferContext context)
    {
        Transaction signed = Transfer.Sign(
            Signer.Key,
            new Transaction { Tag = Tag, Sender = Sender, Receiver = Receiver, Amount = Amount, Fee = Fee, Payload = Payload },
            context);
        if (FlippedBit is not { } bit) return signed;
        byte[] signature = signed.Signature.ToArray();
        signature[bit / 8] ^= (byte)(1 << (bit % 8));
        return signed.WithSignature(signature);
    }
}
