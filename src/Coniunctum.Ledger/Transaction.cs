using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Ledger;

/// <summary>
/// A transfer from one address to another, in the fields that all formats share. A format that lacks a field leaves it
/// at its default (int32coin has neither fee nor payload; its sequence number is the position in the block).
/// </summary>
/// <remarks>Immutable. Payload and signature may be slices of the bytes that the transaction was decoded from.</remarks>
[JsonConverter(typeof(NoJsonConverter<Transaction>))]
public sealed class Transaction
{
    /// <summary>What makes the transaction unique for its sender.</summary>
    public required TransactionTag Tag { get; init; }

    /// <summary>Who pays; <see cref="Address.Root"/> in rewards and in genesis.</summary>
    public required Address Sender { get; init; }

    /// <summary>Who is paid.</summary>
    public required Address Receiver { get; init; }

    /// <summary>Base units that move.</summary>
    public required ulong Amount { get; init; }

    /// <summary>Base units that the block's producer is paid for including it.</summary>
    public ulong Fee { get; init; }

    /// <summary>A call of an application, or nothing.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The sender's signature; in a reward as many zero bytes as a signature has.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Whether the sender is the root address, from which only rewards and genesis are paid.</summary>
    public bool IsFromRoot => Sender == Address.Root;

    /// <summary>Returns the same transaction with another signature.</summary>
    /// <param name="signature">The signature; not copied.</param>
    public Transaction WithSignature(ReadOnlyMemory<byte> signature) => new()
    {
        Tag = Tag,
        Sender = Sender,
        Receiver = Receiver,
        Amount = Amount,
        Fee = Fee,
        Payload = Payload,
        Signature = signature,
    };
}
