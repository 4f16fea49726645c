using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys new.</summary>
internal static class NewKey
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        Argument<string> name = KeyFolder.NameArgument("What the key is called here.");
        var words = new Option<int?>("--words")
        {
            HelpName = "N",
            Description = $"Also show 12, 15, 18, 21 or 24 words to write down (BIP-39), from which the key can be restored anywhere: it is the one at {KeyPath.Default}.",
            CustomParser = CommandLine.Parser<int?>("--words", text => ReadCount(text)),
        };
        var command = new Command("new", "Make a new key and keep it in a file under a password. No one can restore a lost file or password.")
        {
            name, words, options.Profile, options.Light, options.Folder, options.PasswordFile, options.Json,
        };
        KeysCommand.SetAction(command, async (parsed, cancellation) =>
        {
            KeyFolder folder = KeyFolder.Of(parsed, options, io);
            string called = parsed.GetValue(name)!;
            ChainProfile? profile = parsed.GetValue(options.Profile);
            ScryptCost cost = CostOf(parsed, options);
            folder.CheckFree(called);
            using SecretText password = await new Passwords(io, options).ChooseAsync(parsed, cancellation);
            using Mnemonic? mnemonic = parsed.GetValue(words) is { } count ? Mnemonic.Generate(SystemEntropy.Instance, count) : null;
            using PrivateKey key = mnemonic is null ? PrivateKey.Generate(SystemEntropy.Instance) : KeyWords.Derive(mnemonic, default, KeyPath.Default);
            KeyFile file = KeyFolder.Encrypt(io, key, password, cost, cancellation);
            string path = folder.Save(called, file);
            Report(io, parsed.GetValue(options.Json), called, path, file, key.PublicKey, profile, mnemonic);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The cost of guessing: the default, unless the key protects nothing.</summary>
    public static ScryptCost CostOf(ParseResult parsed, KeyOptions options)
    {
        if (!parsed.GetValue(options.Light)) return ScryptCost.Default;
        return parsed.GetValue(options.Profile) == Profiles.Development
            ? ScryptCost.Light
            : throw new BadInputException("--light is for keys of development chains only; expected --profile development beside it.");
    }

    /// <summary>Says what was written, and where.</summary>
    public static void Report(
        CommandIo io, bool asJson, string name, string path, KeyFile file, PublicKey key, ChainProfile? profile, Mnemonic? mnemonic)
    {
        if (asJson)
        {
            KeyReport.WriteJson(io.Output, json =>
            {
                json.WriteString("name", name);
                json.WriteString("file", path);
                KeyReport.WritePublicPart(json, key, profile);
                KeyReport.WriteFile(json, file);
                if (mnemonic is not null) KeyWords.Write(mnemonic, text => json.WriteString("words", text));
            });
            return;
        }

        io.Output.WriteLine($"name         {name}");
        KeyReport.WritePublicPart(key, profile, io.Output);
        KeyReport.WriteFile(file, io.Output);
        io.Output.WriteLine($"file         {PrintableText.Of(path)}");
        if (mnemonic is null)
        {
            io.Output.WriteLine("Keep a copy of the file, and remember the password: no one can restore either.");
            return;
        }

        io.Output.Write("words        ");
        KeyWords.Write(mnemonic, text => io.Output.WriteLine(text));
        io.Output.WriteLine("Write the words on paper, in this order. Whoever has them owns what the address owns; they are not kept anywhere and not shown again.");
    }

    private static int ReadCount(string text) => text is "12" or "15" or "18" or "21" or "24"
        ? (int)Inputs.Number(text, 12, 24)
        : throw new BadInputException($"{Quoted.Of(text)} is not 12, 15, 18, 21 or 24.");
}
