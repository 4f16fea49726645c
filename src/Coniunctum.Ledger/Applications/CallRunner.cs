using Coniunctum.Crypto;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Applications;

/// <summary>Runs a chain's applications on the state of a block in progress.</summary>
internal sealed class CallRunner(ChainProfile profile, StateOverlay state, ulong height)
{
    private readonly List<FailedCall> _failed = [];
    private int _failedHooks;

    /// <summary>How much the block's calls have done so far.</summary>
    private long _workDone;

    /// <summary>What changed nothing so far: applications' own turns first, then calls in the block's order.</summary>
    public IEnumerable<FailedCall> Failed => _failed;

    /// <summary>Runs every application's beginning of the block.</summary>
    public void BeginBlock()
    {
        foreach (ILedgerApplication application in profile.Applications)
            RunHook(application, "beginning", application.BeginBlock);
    }

    /// <summary>Runs every application's end of the block.</summary>
    public void EndBlock()
    {
        foreach (ILedgerApplication application in profile.Applications)
            RunHook(application, "end", application.EndBlock);
    }

    /// <summary>
    /// Does a call, with all money that moves but the fee; a refused one changes nothing. Beyond the block's work limit
    /// the transaction has no place in the block at all (rule 30).
    /// </summary>
    /// <param name="call">A call of an application that the profile knows, whose sender can pay amount and fee.</param>
    /// <param name="index">The transaction's position in the block.</param>
    public Verdict Run(Call call, int index)
    {
        ILedgerApplication application = profile.FindApplication(call.Application)!;
        var meter = new WorkMeter(profile.Limits.MaxCallWork);
        var context = new ApplicationContext(call.Application, height, profile, state, meter, call.Amount);
        CallOutcome outcome = CallGuard.Run(context, given => application.Execute(call, given));
        if (outcome.IsValid && context.Amount > 0 && !context.CanOpen(call.Receiver, context.Amount))
            outcome = CallOutcome.Refused("what is left of the amount is too small to open an account");

        long work = _workDone + meter.Done;
        if (work > profile.Limits.MaxBlockWork)
            return Verdict.Invalid(BlockRule.WorkExceeded, (ulong)work, (ulong)profile.Limits.MaxBlockWork);
        _workDone = work;
        if (outcome.IsValid)
            Commit(context, call);
        else
            _failed.Add(new FailedCall(index, outcome.Reason!));
        return Verdict.Valid;
    }

    private void RunHook(ILedgerApplication application, string when, Action<ApplicationContext> hook)
    {
        var meter = new WorkMeter(profile.Limits.MaxHookWork);
        var context = new ApplicationContext(application.Id, height, profile, state, meter, amount: 0);
        CallOutcome outcome = CallGuard.Run(context, given =>
        {
            hook(given);
            return CallOutcome.Done;
        });
        if (outcome.IsValid)
            SetEntries(context);
        else
            _failed.Insert(_failedHooks++, new FailedCall(0, CallOutcome.Refused($"{application.Name}, {when} of the block: {outcome.Reason}").Reason!));
    }

    private void Commit(ApplicationContext context, Call call)
    {
        SetEntries(context);
        state.SetBalance(call.Sender, state.BalanceOf(call.Sender) - call.Amount);
        foreach ((Address receiver, ulong amount) in context.Payments) state.SetBalance(receiver, state.BalanceOf(receiver) + amount);
        state.SetBalance(call.Receiver, state.BalanceOf(call.Receiver) + context.Amount);
    }

    private void SetEntries(ApplicationContext context)
    {
        foreach ((Hash256 place, EntryChange change) in context.Changes) state.SetEntry(place, change);
    }
}
