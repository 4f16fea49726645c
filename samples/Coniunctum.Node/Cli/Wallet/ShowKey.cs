using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys show.</summary>
internal static class ShowKey
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        var name = new Argument<string?>("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "The key; or --file." };
        Argument<string[]> misplaced = KeysCommand.Misplaced();
        Option<string?> file = PathInput.Option(
            "--file", "Instead of a named key: read a private key, 64 hexadecimal digits, from a file; with -, from standard input.");
        var check = new Option<bool>("--check") { Description = "Open the file with its password, to prove that it can be opened and holds the key that it names." };
        var command = new Command(
            "show",
            "Show the addresses and the public key of a key. Its file tells them without a password. A private key is never an argument: other "
            + "users and your shell's history would see it.")
        {
            name, misplaced, file, check, options.Profile, options.Folder, options.PasswordFile, options.Json,
        };
        KeysCommand.SetAction(command, async (parsed, cancellation) =>
        {
            KeysCommand.RefuseMisplaced(parsed, misplaced);
            ChainProfile? profile = parsed.GetValue(options.Profile);
            bool asJson = parsed.GetValue(options.Json);
            if (parsed.GetValue(file) is { } path)
            {
                if (parsed.GetValue(name) is not null) throw new BadInputException("Expected a key's name or --file, not both.");
                using SecretText text = await SecretSource.ReadAsync(io, path, "Private key:", cancellation);
                if (KeyWords.KindOf(text) is not SecretKind.Digits)
                    throw new BadInputException("It holds words, an extended key, a key in PEM or a keystore; expected 64 hexadecimal digits. 'coniunctum keys derive' shows keys of words, 'keys import' takes in all of these.");
                using PrivateKey plain = KeyText.Parse(text.Bytes);
                Write(io, asJson, null, null, null, plain.PublicKey, profile);
                return ExitCode.Success;
            }

            string called = parsed.GetValue(name) ?? throw new BadInputException("Expected a key's name, or --file PATH. 'coniunctum keys list' shows the names.");
            if (SecretForm.IsLikely(called))
                throw new BadInputException("A key is never an argument: other users and your shell's history would see it. Expected its name, or --file PATH.");
            KeyFolder folder = KeyFolder.Of(parsed, options, io);
            KeyFile stored = folder.Load(called);
            PublicKey? key = stored.PublicKey;
            if (parsed.GetValue(check) || key is null)
            {
                using SecretText password = await new Passwords(io, options).GetAsync(parsed, cancellation);
                using PrivateKey opened = KeyFolder.Open(io, stored, password, withoutAddress: false, cancellation);
                key = opened.PublicKey;
            }

            Write(io, asJson, called, folder.PathOf(called), stored, key.Value, profile);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(CommandIo io, bool asJson, string? name, string? path, KeyFile? file, PublicKey key, ChainProfile? profile)
    {
        if (asJson)
        {
            KeyReport.WriteJson(io.Output, json =>
            {
                if (name is not null) json.WriteString("name", name);
                if (path is not null) json.WriteString("file", path);
                KeyReport.WritePublicPart(json, key, profile);
                if (file is not null) KeyReport.WriteFile(json, file);
            });
            return;
        }

        if (name is not null) io.Output.WriteLine($"name         {name}");
        KeyReport.WritePublicPart(key, profile, io.Output);
        if (file is not null) KeyReport.WriteFile(file, io.Output);
        if (path is not null) io.Output.WriteLine($"file         {PrintableText.Of(path)}");
    }
}
