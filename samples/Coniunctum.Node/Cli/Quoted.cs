using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Cli;

/// <summary>
/// Shows in a message what someone typed. Only that can be a secret in the wrong place: what the program itself puts into a
/// message, as ids of chains and blocks, is public and never passes here.
/// </summary>
internal static class Quoted
{
    private const string Hidden = "(hidden: it may be a secret)";

    /// <summary>Returns an argument in quotation marks, on one line; one that as a whole has the form of a secret is not repeated.</summary>
    public static string Of(string argument) => SecretForm.IsLikely(argument) ? Hidden : $"'{PrintableText.Of(argument)}'";

    /// <summary>
    /// Returns why a file could not be used. The system's message mostly repeats the path, which is shown as <see cref="Of"/> does.
    /// </summary>
    public static string Reason(Exception exception, string path)
    {
        string shown = SecretForm.IsLikely(path) ? Hidden : PrintableText.Of(path);
        string message = exception.Message;
        if (!shown.Equals(path, StringComparison.Ordinal) && path.Length > 0)
        {
            foreach (string spelling in path.Contains('\0', StringComparison.Ordinal) ? [path] : new[] { Path.GetFullPath(path), path })
                message = message.Replace(spelling, shown, StringComparison.Ordinal);
        }

        return PrintableText.Of(message);
    }

    /// <summary>Returns the parser's message about arguments, without those that may be secrets.</summary>
    /// <param name="message">The message, which repeats one of the arguments.</param>
    /// <param name="arguments">All arguments. Words may stand in several.</param>
    public static string ParserMessage(string message, IReadOnlyList<string> arguments)
    {
        if (SecretForm.HoldsWords(string.Join(' ', arguments)))
        {
            foreach (string argument in arguments.Where(SecretForm.IsWord))
                message = message.Replace($"'{argument}'", Hidden, StringComparison.Ordinal);
        }

        foreach (string argument in arguments.Where(SecretForm.IsLikely))
            message = message.Replace($"'{argument}'", Hidden, StringComparison.Ordinal).Replace(argument, Hidden, StringComparison.Ordinal);
        return PrintableText.Of(message, int.MaxValue);
    }
}
