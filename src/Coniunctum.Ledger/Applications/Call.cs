using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Applications;

/// <summary>A transaction's call of an application.</summary>
/// <param name="Application">The application that is called.</param>
/// <param name="Data">What the sender tells it; at most as long as a payload may be.</param>
/// <param name="Transaction">The transaction: who calls, the amount that comes with the call, and to whom it goes.</param>
public sealed record Call(AppId Application, ReadOnlyMemory<byte> Data, Transaction Transaction)
{
    private const int Fields = 2;

    /// <summary>Who calls.</summary>
    public Address Sender => Transaction.Sender;

    /// <summary>Who is paid what the call does not pay to others.</summary>
    public Address Receiver => Transaction.Receiver;

    /// <summary>Base units that come with the call.</summary>
    public ulong Amount => Transaction.Amount;

    /// <summary>Returns the payload of a call: the canonical array [application, data].</summary>
    /// <param name="application">The application.</param>
    /// <param name="data">What it is told.</param>
    public static byte[] EncodePayload(AppId application, ReadOnlySpan<byte> data)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(data.Length + 16);
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(application.Value);
        writer.WriteFixed(data);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the call in a transaction's payload.</summary>
    /// <param name="transaction">A transaction with a payload.</param>
    /// <param name="call">The call, or <c>null</c>.</param>
    /// <returns>What was wrong with the payload, or no fault.</returns>
    public static DecodeOutcome Read(Transaction transaction, out Call? call)
    {
        var reader = new CanonicalReader(transaction.Payload);
        reader.ReadArrayHeader(Fields);
        var application = new AppId(reader.ReadUInt32());
        ReadOnlyMemory<byte> data = reader.ReadBytes(transaction.Payload.Length);
        DecodeOutcome outcome = reader.End();
        call = outcome.IsValid ? new Call(application, data, transaction) : null;
        return outcome;
    }
}
