using Coniunctum.Ledger.Applications;

namespace Coniunctum.Consensus.Tests.Support;

/// <summary>Every call costs 1,000 units of work and does nothing; some are not admitted.</summary>
internal sealed class CostlyApplication : ILedgerApplication
{
    public static readonly AppId Number = new(7);

    public AppId Id => Number;

    public string Name => "costly/1";

    /// <summary>How often it was called, by candidates and blocks. Nothing in the state depends on it.</summary>
    public int Calls { get; private set; }

    /// <summary>How often it was asked whether to admit a call.</summary>
    public int Questions { get; private set; }

    public CallOutcome Admit(Call call, ApplicationView state)
    {
        Questions++;
        if (call.Data.Span.SequenceEqual("throw"u8)) throw new FormatException("cannot be read");
        return call.Data.Span.SequenceEqual("no"u8) ? CallOutcome.Refused("not today") : CallOutcome.Done;
    }

    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        Calls++;
        state.Charge(1_000);
        return CallOutcome.Done;
    }
}
