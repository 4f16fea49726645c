using System.CommandLine;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum keys: make keys, keep them under a password, and sign with them. No secret ever comes from the command line.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandIo io)
    {
        var options = new KeyOptions();
        return new Command("keys", "Make keys, keep them in files under a password, and sign texts with them.")
        {
            NewKey.Create(io, options),
            ImportKey.Create(io, options),
            ExportKey.Create(io, options),
            ListKeys.Create(io, options),
            ShowKey.Create(io, options),
            DeriveKey.Create(io, options),
            SignText.Create(io, options),
            VerifyText.Create(io, options),
        };
    }

    /// <summary>Says what a command does; keys are written as its last step, so that who interrupts it has changed nothing.</summary>
    public static void SetAction(Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        CommandLine.SetAction(command, "nothing was written", action);

    /// <summary>Takes what someone may write by mistake, so that the refusal can say why and does not repeat it.</summary>
    public static Argument<string[]> Misplaced() => new("SECRET") { Hidden = true, Arity = ArgumentArity.ZeroOrMore };

    public static void RefuseMisplaced(ParseResult parsed, Argument<string[]> misplaced)
    {
        if (parsed.GetValue(misplaced) is { Length: > 0 })
            throw new BadInputException("A key is never an argument: other users and your shell's history would see it. Expected a file, or the key on standard input.");
    }
}
