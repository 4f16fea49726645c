namespace Coniunctum.Ledger.Applications;

/// <summary>
/// What a payload does to the state. An application is part of its chain's rules: every node runs it, and must come to the
/// same result, or it finds another state root than the others and follows them no more.
/// </summary>
/// <remarks>
/// <para>
/// It decides by what it is given alone: the call, the height, the history before, its own entries. Nothing can keep C# from more, so keep it
/// yourself: no clock, randomness, files or environment; no static or instance fields that change; no threads; no
/// <see cref="object.GetHashCode"/> and no order of a hash table; no culture (compare and format ordinally, or as bytes); no
/// functions of floating-point numbers beyond the four operations and the square root.
/// </para>
/// <para>
/// A call that cannot be served is refused, by an outcome that says why. One whose code throws is refused as well, and the
/// exception is reported as the reason, as far as it tells one: whatever a caller may write, the chain goes on. Only what tells of this machine rather than
/// of the call (no memory, no stack, code that does not load) stops the node. What the context does not allow (a key that is
/// too long, more work than a call may do) ends the call by itself: it counts as refused, even if that was caught.
/// </para>
/// <para>
/// What is read and set is counted as work. A loop that does neither, and whose length a caller decides, must say so with
/// <see cref="ApplicationView.Charge"/>, and must not catch what that throws; nothing else can stop it. Recursion whose depth a
/// caller decides needs a limit of its own: a stack that overflows ends the process.
/// </para>
/// <para>One instance serves all ledgers of a process that use its profile, perhaps at the same time.</para>
/// </remarks>
/// <example>
/// <code>
/// public CallOutcome Execute(Call call, ApplicationContext state)
/// {
///     if (!TryRead(call.Data, out byte[] name, out ulong blocks, out Address heir)) return NoCall;
///     ReadOnlyMemory&lt;byte&gt; entry = state.Get(KeyOf(name));
///     if (blocks &gt; 0)
///         return entry.IsEmpty ? Register(name, call.Sender, state.Height + blocks, state) : CallOutcome.Refused("the name is taken");
///     if (Parse(entry) is not { } held || held.Owner != call.Sender) return CallOutcome.Refused("the name is not the sender's");
///     state.Set(KeyOf(name), Entry(heir, held.LastHeight));
///     return CallOutcome.Done;
/// }
/// </code>
/// </example>
public interface ILedgerApplication
{
    /// <summary>The number that payloads call it by.</summary>
    AppId Id { get; }

    /// <summary>Its name and version. Genesis commits to both, so that what behaves differently must be named differently.</summary>
    string Name { get; }

    /// <summary>
    /// Judges a call before it is relayed and pooled, once its signature was found to be its sender's; only what can never succeed
    /// should be refused here. Blocks are not judged by it. By default every call is admitted.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="state">The application's entries at the tip.</param>
    CallOutcome Admit(Call call, ApplicationView state) => CallOutcome.Done;

    /// <summary>Does a call. When it is refused, nothing that it did remains: its sender pays the fee and no more.</summary>
    /// <param name="call">The call.</param>
    /// <param name="state">The application's entries, and the call's amount. Not usable after the method has returned.</param>
    CallOutcome Execute(Call call, ApplicationContext state);

    /// <summary>Runs before a block's transactions. When it throws or does more than it may, nothing of it remains, and the block goes on. By default nothing.</summary>
    /// <param name="state">The application's entries; there is no amount to pay out of.</param>
    void BeginBlock(ApplicationContext state)
    {
    }

    /// <summary>Runs after a block's transactions. When it throws or does more than it may, nothing of it remains, and the block goes on. By default nothing.</summary>
    /// <param name="state">The application's entries; there is no amount to pay out of.</param>
    void EndBlock(ApplicationContext state)
    {
    }
}
