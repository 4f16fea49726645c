namespace Coniunctum.Ledger;

/// <summary>What an exception of foreign code says, whatever that code does when it is asked.</summary>
public static class ExceptionText
{
    /// <summary>The longest message that is passed on, in characters.</summary>
    public const int MaxLength = 1_000;

    /// <summary>Returns an exception's message, or that it has none to give: its getter is foreign code as well, and may throw.</summary>
    /// <param name="exception">The exception, of an application, a rule, a store or anything else that was given to the library.</param>
    public static string MessageOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        string name = exception.GetType().Name;
        try
        {
            string? message = exception.Message;
            return string.IsNullOrEmpty(message) ? name : message.Length <= MaxLength ? message : message[..MaxLength];
        }
#pragma warning disable CA1031 // Whatever it throws: whoever tells of a failure must not fail by it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return $"{name}, whose message cannot be read";
        }
    }
}
