using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Applications;

/// <summary>Runs a method of an application, and makes an outcome of every way in which it can come back.</summary>
internal static class CallGuard
{
    /// <summary>Runs a method.</summary>
    /// <param name="view">What the method is given.</param>
    /// <param name="run">The method.</param>
    /// <returns>What it returned; refused when the view has ended it, or when its code threw.</returns>
    public static CallOutcome Run<TView>(TView view, Func<TView, CallOutcome> run)
        where TView : ApplicationView
    {
        CallOutcome outcome;
        try
        {
            outcome = run(view);
        }
        catch (Exception thrown) when (!IsOfTheMachine(thrown))
        {
            outcome = CallOutcome.Refused(thrown is CallEndedException ? thrown.Message : $"{thrown.GetType().Name}: {ExceptionText.MessageOf(thrown)}");
        }

        view.Close();

        // Whatever the application says: it may have caught what should have ended it.
        return view.EndedBy is { } reason ? CallOutcome.Refused(reason)
            : outcome.IsValid || outcome.Reason is not null ? outcome
            : CallOutcome.Refused("no outcome");
    }

    /// <summary>
    /// Whether an exception tells of this machine rather than of the call: no memory, no stack, code that is not there or does not
    /// load (a file, in an application that reads none). Another node may do the same call well, so that it must not count as
    /// refused.
    /// </summary>
    private static bool IsOfTheMachine(Exception thrown) => thrown
        is OutOfMemoryException or InsufficientExecutionStackException or IOException or BadImageFormatException or TypeLoadException
        or TypeInitializationException or MemberAccessException or InvalidProgramException or PlatformNotSupportedException
        or ThreadInterruptedException;
}
