using Coniunctum.Crypto.Internal;

namespace Coniunctum.Ledger.Internal;

/// <summary>What an exception of foreign code says, whatever that code does when it is asked.</summary>
public static class ExceptionText
{
    /// <summary>How many characters of a message are passed on at most.</summary>
    public const int MaxLength = 1_000;

    /// <summary>Returns an exception's message on one line, as <see cref="PrintableText"/> shows it, or that it has none to give: its getter is foreign code as well, and may throw.</summary>
    /// <param name="exception">The exception, of an application, a rule, a store or anything else that was given to the library.</param>
    public static string MessageOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        string name = exception.GetType().Name;
        try
        {
            string? message = exception.Message;
            return string.IsNullOrEmpty(message) ? name : PrintableText.Of(message, message.Length <= MaxLength ? MaxLength : MaxLength - 1);
        }
#pragma warning disable CA1031 // Whatever it throws: whoever tells of a failure must not fail by it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return $"{name}, whose message cannot be read";
        }
    }
}
