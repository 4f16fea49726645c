using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys import.</summary>
internal static class ImportKey
{
    private const string PemExtension = ".pem";

    public static Command Create(CommandIo io, KeyOptions options)
    {
        Argument<string> name = KeyFolder.NameArgument(
            "What the key is called here. A file that ends in .pem, without --from, is read, and the key is called as the file is, without .pem.");
        Argument<string[]> misplaced = KeysCommand.Misplaced();
        Option<string?> from = PathInput.Option(
            "--from", "A file with a keystore of another wallet (JSON), a key in PEM of the curve secp256k1, 64 hexadecimal digits, words, or an xprv. Without it, or with -: standard input, or typed.");
        var path = new Option<string?>("--path")
        {
            HelpName = "PATH",
            Description = $"Which key of the words or the xprv. Default: {KeyPath.Default} for words, the xprv's own key for an xprv.",
        };
        var withoutAddress = new Option<bool>("--without-address")
        {
            Description = "Take a keystore that does not say whose key it holds. Damage to such a file can go unnoticed: compare the address that is shown.",
        };
        var command = new Command(
            "import",
            "Take a key from another wallet into a file under a password. A keystore keeps its password; for anything else a new one is asked for.")
        {
            name, misplaced, from, path, options.PassphraseFile, withoutAddress, options.Profile, options.Light, options.Folder, options.PasswordFile, options.Json,
        };
        KeysCommand.SetAction(command, async (parsed, cancellation) =>
        {
            KeysCommand.RefuseMisplaced(parsed, misplaced);
            KeyFolder folder = KeyFolder.Of(parsed, options, io);
            (string called, string source) = NameAndSource(parsed.GetValue(name)!, parsed.GetValue(from));
            ScryptCost cost = NewKey.CostOf(parsed, options);
            folder.CheckFree(called);
            using SecretText secret = await SecretSource.ReadAsync(io, source, "Private key, words or xprv:", cancellation);
            var passwords = new Passwords(io, options);
            bool isFile = KeyWords.KindOf(secret) == SecretKind.Keystore;
            if (isFile && (parsed.GetValue(path) ?? parsed.GetValue(options.PassphraseFile)) is not null)
                throw new BadInputException("--path and --passphrase-file belong to words or an xprv, not to a keystore.");
            using PrivateKey? typed = isFile ? null : Read(secret, parsed.GetValue(path), SecretSource.ReadPassphrase(parsed, options));
            using SecretText password = isFile ? await passwords.GetAsync(parsed, cancellation) : await passwords.ChooseAsync(parsed, cancellation);
            using PrivateKey key = typed is null ? Open(io, secret, password, parsed.GetValue(withoutAddress), cancellation) : KeyWords.CopyOf(typed);
            KeyFile file = KeyFolder.Encrypt(io, key, password, cost, cancellation);
            string saved = folder.Save(called, file);
            NewKey.Report(io, parsed.GetValue(options.Json), called, saved, file, key.PublicKey, parsed.GetValue(options.Profile), mnemonic: null);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Reports the key's name and the file it comes from, "-" for standard input; <c>import key.pem</c> is <c>import key --from key.pem</c>.</summary>
    private static (string Called, string Source) NameAndSource(string name, string? from)
    {
        if (from is not null || !name.EndsWith(PemExtension, StringComparison.OrdinalIgnoreCase)) return (name, from ?? "-");
        string called = Path.GetFileNameWithoutExtension(name);
        return KeyStore.IsName(called)
            ? (called, PathInput.Read(name))
            : throw new BadInputException($"The file {Quoted.Of(name)} is not called as a key can be; expected NAME --from {Quoted.Of(name)}.");
    }

    private static PrivateKey Open(CommandIo io, SecretText json, SecretText password, bool withoutAddress, CancellationToken cancellation)
    {
        KeyFileOutcome outcome = KeyFile.Read(json.Bytes, out KeyFile? file);
        return outcome.IsValid && file is not null
            ? KeyFolder.Open(io, file, password, withoutAddress, cancellation)
            : throw new BadInputException(outcome.Message);
    }

    private static PrivateKey Read(SecretText secret, string? path, char[] passphrase)
    {
        char[] text = secret.ToChars();
        try
        {
            SecretKind kind = KeyWords.KindOf(secret);
            if (kind is SecretKind.Digits or SecretKind.Pem)
            {
                if (path is not null || passphrase.Length > 0)
                    throw new BadInputException("--path and --passphrase-file belong to words or an xprv.");
                return kind is SecretKind.Pem ? ReadPem(secret) : KeyText.Parse(secret.Bytes);
            }

            using ExtendedKey master = KeyWords.ReadExtended(text.AsSpan().Trim(), passphrase);
            if (!master.HasPrivateKey) throw new BadInputException("An xpub holds no private key, and is no secret; expected an xprv.");
            KeyPath? given = path is null ? null : KeyWords.ReadPath(path);
            using ExtendedKey key = master.Derive(given ?? (kind is SecretKind.ExtendedKey ? default : KeyPath.Default));
            return KeyWords.CopyOf(key.PrivateKey);
        }
        finally
        {
            text.AsSpan().Clear();
            passphrase.AsSpan().Clear();
        }
    }

    private static PrivateKey ReadPem(SecretText text)
    {
        KeyPemOutcome outcome = KeyPem.Read(text.Bytes, out PrivateKey? key);
        return outcome.IsValid && key is not null ? key : throw new BadInputException(outcome.Message);
    }
}
