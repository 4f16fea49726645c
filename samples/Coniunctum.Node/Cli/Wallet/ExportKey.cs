using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Keys;
using Coniunctum.Crypto.Text;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys export.</summary>
internal static class ExportKey
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        Argument<string> name = KeyFolder.NameArgument("The key.");
        var to = new Option<string>("--to")
        {
            HelpName = "PATH",
            Required = true,
            Description = "The new file. With --plain, - means standard output.",
        };
        var plain = new Option<bool>("--plain")
        {
            Description = "Write the private key itself, 64 hexadecimal digits, without a password. Whoever sees them owns what the address owns.",
        };
        var command = new Command(
            "export",
            "Copy a key's file, for other wallets (Web3 Secret Storage version 3) or as a copy to keep. It stays under its password.")
        {
            name, to, plain, options.Folder, options.PasswordFile,
        };
        KeysCommand.SetAction(command, io, async (parsed, cancellation) =>
        {
            KeyFile file = KeyFolder.Of(parsed, options).Load(parsed.GetValue(name)!);
            string path = parsed.GetValue(to)!;
            if (!parsed.GetValue(plain))
            {
                if (!KeyFolder.Try($"The key cannot be written to {Quoted.Of(path)}", path, () => file.TrySave(path)))
                    throw new BadInputException($"There is a file {Quoted.Of(path)} already; expected a new one.");
                await io.Output.WriteLineAsync($"file         {PrintableText.Of(path)}");
                return ExitCode.Success;
            }

            using SecretText password = await new Passwords(io, options).GetAsync(parsed, cancellation);
            using PrivateKey key = KeyFolder.Open(io, file, password, withoutAddress: false, cancellation);
            if (path is not "-")
            {
                KeyText.Save(key, path);
                await io.Output.WriteLineAsync($"private key  in {PrintableText.Of(path)}, without a password");
                return ExitCode.Success;
            }

            KeyText.Write(key, io.Output);
            await io.Output.WriteLineAsync();
            return ExitCode.Success;
        });
        return command;
    }
}
