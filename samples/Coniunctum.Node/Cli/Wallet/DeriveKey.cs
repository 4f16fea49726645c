using System.CommandLine;
using Coniunctum.Wallet;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys derive.</summary>
internal static class DeriveKey
{
    private const int MaxCount = 1_000;

    public static Command Create(CommandIo io, KeyOptions options)
    {
        Argument<string[]> misplaced = KeysCommand.Misplaced();
        Option<string?> from = PathInput.Option(
            "--from", "A file with words, an xprv or an xpub. Without it, or with -: standard input, or typed.");
        var path = new Option<string?>("--path")
        {
            HelpName = "PATH",
            Description = $"Which key, or the first one. Default: {KeyPath.Default}; of an xpub m/0.",
        };
        var count = new Option<ulong?>("--count")
        {
            HelpName = "N",
            Description = "How many keys, counting the path's last step up. Default: 1.",
            CustomParser = CommandLine.Parser<ulong?>("--count", text => Inputs.Number(text, 1, MaxCount)),
        };
        var xpub = new Option<bool>("--xpub") { Description = "Also show each key's extended public key, from which others can derive addresses, but not spend." };
        var save = new Option<string?>("--save") { HelpName = "NAME", Description = "Keep the key in a file under a password, like 'keys import'." };
        var command = new Command("derive", "Show keys that follow from words or an extended key (BIP-32): their addresses and public keys.")
        {
            misplaced, from, path, count, options.PassphraseFile, xpub, save, options.Profile, options.Light, options.Folder, options.PasswordFile, options.Json,
        };
        KeysCommand.SetAction(command, async (parsed, cancellation) =>
        {
            KeysCommand.RefuseMisplaced(parsed, misplaced);
            KeyFolder folder = KeyFolder.Of(parsed, options, io);
            ScryptCost cost = NewKey.CostOf(parsed, options);
            string? called = parsed.GetValue(save);
            ulong wanted = parsed.GetValue(count) ?? 1;
            if (called is not null)
            {
                if (wanted != 1) throw new BadInputException("--save keeps one key; expected no --count.");
                folder.CheckFree(called);
            }

            KeyPath? given = parsed.GetValue(path) is { } pathText ? KeyWords.ReadPath(pathText) : null;
            using SecretText secret = await SecretSource.ReadAsync(io, parsed.GetValue(from) ?? "-", "Words, xprv or xpub:", cancellation);
            using ExtendedKey master = ReadMaster(secret, SecretSource.ReadPassphrase(parsed, options));
            KeyPath first = given ?? (master.HasPrivateKey ? KeyPath.Default : new KeyPath([0]));
            if (called is null)
            {
                Show(io, parsed.GetValue(options.Json), master, first, wanted, parsed.GetValue(xpub), parsed.GetValue(options.Profile));
                return ExitCode.Success;
            }

            if (!master.HasPrivateKey) throw new BadInputException("An xpub holds no private key that could be saved.");
            using ExtendedKey derived = Derive(master, first);
            using SecretText password = await new Passwords(io, options).ChooseAsync(parsed, cancellation);
            KeyFile file = KeyFolder.Encrypt(io, derived.PrivateKey, password, cost, cancellation);
            string saved = folder.Save(called, file);
            NewKey.Report(io, parsed.GetValue(options.Json), called, saved, file, derived.PublicKey, parsed.GetValue(options.Profile), mnemonic: null);
            return ExitCode.Success;
        });
        return command;
    }

    private static ExtendedKey ReadMaster(SecretText secret, char[] passphrase)
    {
        char[] text = secret.ToChars();
        try
        {
            return KeyWords.ReadExtended(text.AsSpan().Trim(), passphrase);
        }
        finally
        {
            text.AsSpan().Clear();
            passphrase.AsSpan().Clear();
        }
    }

    private static ExtendedKey Derive(ExtendedKey master, KeyPath path)
    {
        if (!master.HasPrivateKey && path.Steps.Any(step => step >= KeyPath.Hardened))
            throw new BadInputException($"The path {path} has hardened steps, which do not follow from an xpub; expected steps without '.");
        try
        {
            return master.Derive(path);
        }
        catch (InvalidOperationException exception)
        {
            throw new BadInputException(exception.Message);
        }
    }

    private static void Show(CommandIo io, bool asJson, ExtendedKey master, KeyPath first, ulong count, bool withXpub, ChainProfile? profile)
    {
        for (ulong i = 0; i < count; i++)
        {
            KeyPath path = Next(first, (uint)i);
            using ExtendedKey key = Derive(master, path);
            using ExtendedKey publicKey = key.ToPublic();
            if (asJson)
            {
                KeyReport.WriteJson(io.Output, json =>
                {
                    json.WriteString("path", path.ToString());
                    KeyReport.WritePublicPart(json, publicKey.PublicKey, profile);
                    if (withXpub) KeyWords.Write(publicKey, text => json.WriteString("xpub", text));
                });
                continue;
            }

            io.Output.WriteLine($"path         {path}");
            KeyReport.WritePublicPart(publicKey.PublicKey, profile, io.Output);
            if (!withXpub) continue;
            io.Output.Write("xpub         ");
            KeyWords.Write(publicKey, text => io.Output.WriteLine(text));
        }
    }

    private static KeyPath Next(KeyPath first, uint offset)
    {
        if (offset == 0) return first;
        if (first.Steps.IsEmpty) throw new BadInputException("The path m has no last step to count up; expected no --count.");
        uint last = first.Steps[^1];
        uint next = last + offset;
        return (next >= KeyPath.Hardened) == (last >= KeyPath.Hardened) && next >= last
            ? new KeyPath(first.Steps.SetItem(first.Steps.Length - 1, next))
            : throw new BadInputException("--count leads beyond the last number of a step, 2147483647.");
    }
}
