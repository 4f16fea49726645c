using System.Buffers.Binary;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Packages.Tests;

/// <summary>The page's example of an application of one's own.</summary>
public sealed class Notary : ILedgerApplication
{
    public static readonly AppId Number = new(7);

    public AppId Id => Number;

    public string Name => "notary/1";

    /// <summary>Notes a digest under the height at which it came first.</summary>
    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        if (call.Data.Length != 32) return CallOutcome.Refused("a digest has 32 bytes");
        if (!state.Get(call.Data.Span).IsEmpty) return CallOutcome.Refused("it was noted before");
        byte[] height = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(height, state.Height);
        state.Set(call.Data.Span, height);
        return CallOutcome.Done;
    }
}
