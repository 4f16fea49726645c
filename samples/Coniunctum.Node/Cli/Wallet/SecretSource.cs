using System.CommandLine;
using Coniunctum.Crypto.Internal;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Reads a secret from a file, from standard input, or from a person.</summary>
internal static class SecretSource
{
    /// <summary>Reads it, without blanks at its end.</summary>
    /// <param name="io">The command's input and terminal.</param>
    /// <param name="path">A file, or "-" for standard input.</param>
    /// <param name="question">What a person is asked for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<SecretText> ReadAsync(CommandIo io, string path, string question, CancellationToken cancellation)
    {
        SecretText text;
        if (path is not "-")
        {
            text = PathInput.Trying($"The file {Quoted.Of(path)} cannot be read", path, () =>
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                return SecretText.ReadAll(stream, KeyFile.MaxBytes, "The file");
            });
        }
        else if (io is { IsTyped: true, Prompt: not null } && await io.Prompt.AskAsync(question, cancellation) is { } typed)
        {
            using (typed) text = SecretText.Decode(typed.Bytes, "What was typed");
            if (text.Bytes.IndexOf("-----BEGIN "u8) >= 0)
            {
                text.Dispose();
                throw new BadInputException("A key in PEM has several lines, of which one was typed; expected its file, by --from PATH, or the text on standard input.");
            }
        }
        else
        {
            text = SecretText.ReadAll(io.Input, KeyFile.MaxBytes, "The input");
        }

        text.TrimEnd();
        return text;
    }

    /// <summary>Reads the passphrase that belongs to words; nothing without the option.</summary>
    public static char[] ReadPassphrase(ParseResult parsed, KeyOptions options)
    {
        if (parsed.GetValue(options.PassphraseFile) is not { } path) return [];
        using SecretText line = Passwords.FromFile(path, "The passphrase");
        return line.Encoding == TextEncoding.Utf8
            ? line.ToChars()
            : throw new BadInputException("The passphrase is not in UTF-8; save it as UTF-8. Every passphrase opens a wallet, so nothing would show that it was read otherwise than elsewhere.");
    }
}
