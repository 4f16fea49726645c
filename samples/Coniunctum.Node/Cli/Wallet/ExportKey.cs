using System.CommandLine;
using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys export.</summary>
internal static class ExportKey
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        Argument<string> name = KeyFolder.NameArgument("The key.");
        Option<string?> to = PathInput.Option("--to", "The new file. With --plain, - means standard output.");
        to.Required = true;
        var plain = new Option<bool>("--plain")
        {
            Description = "Write the private key itself, 64 hexadecimal digits, without a password. Whoever sees them owns what the address owns.",
        };
        var command = new Command(
            "export",
            "Copy a key's file, for other wallets (Web3 Secret Storage version 3) or as a copy to keep. It stays under its password.")
        {
            name, to, plain, options.Folder, options.PasswordFile, options.Json,
        };
        KeysCommand.SetAction(command, async (parsed, cancellation) =>
        {
            KeyFile file = KeyFolder.Of(parsed, options, io).Load(parsed.GetValue(name)!);
            string path = parsed.GetValue(to)!;
            if (!parsed.GetValue(plain))
            {
                if (!PathInput.Trying($"The key cannot be written to {Quoted.Of(path)}", path, () => file.TrySave(path)))
                    throw new BadInputException($"There is a file {Quoted.Of(path)} already; expected a new one.");
                Write(io, parsed.GetValue(options.Json), $"file         {PrintableText.Of(path)}", json => json.WriteString("file", path));
                return ExitCode.Success;
            }

            using SecretText password = await new Passwords(io, options).GetAsync(parsed, cancellation);
            using PrivateKey key = KeyFolder.Open(io, file, password, withoutAddress: false, cancellation);
            if (path is "-" && parsed.GetValue(options.Json)) throw new BadInputException("With --to - the key itself is written, not JSON; expected one of them.");
            if (path is not "-")
            {
                KeyText.Save(key, path);
                Write(io, parsed.GetValue(options.Json), $"private key  in {PrintableText.Of(path)}, without a password", json => json.WriteString("privateKeyFile", path));
                return ExitCode.Success;
            }

            KeyText.Write(key, io.Output);
            await io.Output.WriteLineAsync();
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(CommandIo io, bool asJson, string text, Action<Utf8JsonWriter> fields) =>
        io.Output.WriteLine(asJson ? JsonText.Line(fields) : text);
}
