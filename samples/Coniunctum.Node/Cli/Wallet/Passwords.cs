using System.CommandLine;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Where passwords come from: a file, the environment, or a person at the terminal. Never from an argument.</summary>
internal sealed class Passwords(CommandIo io, KeyOptions options)
{
    /// <summary>The environment variable that scripts may use.</summary>
    public const string Variable = "CONIUNCTUM_PASSWORD";

    private const int LeastLength = 8;

    /// <summary>Gets the password of a key that is there already.</summary>
    public async Task<SecretText> GetAsync(ParseResult parsed, CancellationToken cancellation) =>
        FromScript(parsed) ?? await AskAsync("Password:", cancellation);

    /// <summary>Gets the password for a new key; a person types it twice.</summary>
    public async Task<SecretText> ChooseAsync(ParseResult parsed, CancellationToken cancellation)
    {
        SecretText password = FromScript(parsed) ?? await AskTwiceAsync(cancellation);
        if (password.Length < LeastLength)
        {
            password.Dispose();
            throw new BadInputException($"The password has fewer than {LeastLength} bytes. Whoever gets the file can try millions of those.");
        }

        if (!password.IsAscii)
            await io.Error.WriteLineAsync("The password has characters outside of ASCII. It is taken as typed; some other wallets change such characters first, and will not open the file.");
        return password;
    }

    /// <summary>Asks for another secret than a password.</summary>
    public async Task<SecretText> AskAsync(string question, CancellationToken cancellation)
    {
        using SecretText typed = (io.Prompt is null ? null : await io.Prompt.AskAsync(question, cancellation))
            ?? throw new BadInputException($"There is no terminal to type the password at; expected --password-file PATH, or the environment variable {Variable}.");
        return SecretText.Decode(typed.Bytes, "What was typed");
    }

    /// <summary>Reads the first line of a file.</summary>
    public static SecretText FromFile(string path, string what)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return SecretText.ReadLine(stream, what);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"{what} cannot be read from {Quoted.Of(path)}: {Quoted.Reason(exception, path)}");
        }
    }

    private async Task<SecretText> AskTwiceAsync(CancellationToken cancellation)
    {
        SecretText password = await AskAsync("New password:", cancellation);
        try
        {
            using SecretText again = await AskAsync("The same again:", cancellation);
            return again.IsSameAs(password) ? password : throw new BadInputException("The two passwords differ; nothing was written.");
        }
        catch
        {
            password.Dispose();
            throw;
        }
    }

    private SecretText? FromScript(ParseResult parsed)
    {
        if (parsed.GetValue(options.PasswordFile) is { } path) return FromFile(path, "The password");

        // The framework keeps the environment as strings: who can read this process's memory could read its environment too.
        return io.Variable(Variable) is { Length: > 0 } value ? SecretText.FirstLineOf(value, $"The variable {Variable}") : null;
    }
}
