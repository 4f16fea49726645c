using System.CommandLine;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>The options that several of the keys commands have.</summary>
internal sealed class KeyOptions
{
    public Option<string?> Folder { get; } = PathInput.Option(
        "--keys", "The folder with the keys. Default: coniunctum/keys in the folder where your system keeps programs' data.", "FOLDER");

    public Option<string?> PasswordFile { get; } = PathInput.Option(
        "--password-file",
        $"Take the password from the first line of a file. Without it: from the environment variable {Passwords.Variable}, or typed at the terminal, which does not show it.");

    public Option<ChainProfile?> Profile { get; } = new("--profile")
    {
        HelpName = "NAME",
        Description = $"Show the address on this profile's chains only: {Inputs.Or(Profiles.All.Select(profile => profile.Name))}.",
        CustomParser = CommandLine.Parser("--profile", text => Inputs.Profile(text, Profiles.All)),
    };

    public Option<bool> Json { get; } = JsonOption.Create();

    public Option<bool> Light { get; } = new("--light")
    {
        Description = "Make the password quick to check, and as quick to guess: for keys of development chains, which protect nothing. Only with --profile development.",
    };

    public Option<string?> PassphraseFile { get; } = PathInput.Option(
        "--passphrase-file", "The words have a passphrase of their own (BIP-39): take it from the first line of a file. Without it there is none.");
}
