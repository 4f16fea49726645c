using System.Buffers.Binary;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Testing.Tests.Support;

/// <summary>Notes a digest under the height at which it came first.</summary>
internal sealed class Notary : ILedgerApplication
{
    public static readonly AppId Number = new(7);

    public AppId Id => Number;

    public string Name => "notary/1";

    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        if (!state.Get(call.Data.Span).IsEmpty) return CallOutcome.Refused("it was noted before");
        byte[] height = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(height, state.Height);
        state.Set(call.Data.Span, height);
        return CallOutcome.Done;
    }
}
