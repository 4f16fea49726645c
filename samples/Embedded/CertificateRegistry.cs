using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;

namespace Embedded;

/// <summary>
/// Who certified which document, and whether it still holds. Under a document's digest stands its certificate: the issuer's address,
/// be8(height at which it was issued), and be8(height at which it was revoked), 0 for never. A call is an operation of one byte and the digest.
/// </summary>
public sealed class CertificateRegistry : ILedgerApplication
{
    public static readonly AppId Number = new(11);

    private const byte IssueOperation = 1;
    private const byte RevokeOperation = 2;

    public AppId Id => Number;

    public string Name => "certificates/1";

    public CallOutcome Admit(Call call, ApplicationView state) =>
        TryRead(call.Data, out _, out _) ? CallOutcome.Done : CallOutcome.Refused("no call of this registry");

    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        if (!TryRead(call.Data, out byte operation, out Hash256 document)) return CallOutcome.Refused("no call of this registry");
        Certificate? held = Certificate.Parse(state.Get(document.AsSpan()));
        if (operation == IssueOperation)
        {
            if (held is not null) return CallOutcome.Refused("the document is certified already");
            state.Set(document.AsSpan(), new Certificate(call.Sender, state.Height, 0).ToBytes());
            return CallOutcome.Done;
        }

        if (held is null || held.Issuer != call.Sender) return CallOutcome.Refused("the sender has issued no such certificate");
        if (held.RevokedAt > 0) return CallOutcome.Refused("it is revoked already");
        state.Set(document.AsSpan(), (held with { RevokedAt = state.Height }).ToBytes());
        return CallOutcome.Done;
    }

    /// <summary>The data of a call that certifies a document.</summary>
    public static byte[] Issue(Hash256 document) => [IssueOperation, .. document.AsSpan()];

    /// <summary>The data of a call that takes a certificate back.</summary>
    public static byte[] Revoke(Hash256 document) => [RevokeOperation, .. document.AsSpan()];

    private static bool TryRead(ReadOnlyMemory<byte> data, out byte operation, out Hash256 document)
    {
        (operation, document) = (0, default);
        if (data.Length != 1 + Hash256.Size) return false;
        (operation, document) = (data.Span[0], new Hash256(data.Span[1..]));
        return operation is IssueOperation or RevokeOperation;
    }
}

/// <summary>What stands under a document's digest.</summary>
public sealed record Certificate(Address Issuer, ulong IssuedAt, ulong RevokedAt)
{
    /// <summary>Reads an entry; <c>null</c> when there is none.</summary>
    public static Certificate? Parse(ReadOnlyMemory<byte> entry) => entry.Length != Hash256.Size + (2 * sizeof(ulong)) ? null : new Certificate(
        new Address(new Hash256(entry.Span[..Hash256.Size])),
        BinaryPrimitives.ReadUInt64BigEndian(entry.Span[Hash256.Size..]),
        BinaryPrimitives.ReadUInt64BigEndian(entry.Span[(Hash256.Size + sizeof(ulong))..]));

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Hash256.Size + (2 * sizeof(ulong))];
        Issuer.Value.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(Hash256.Size), IssuedAt);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(Hash256.Size + sizeof(ulong)), RevokedAt);
        return bytes;
    }
}
