using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum keys: make keys, and see whose a key is. A private key never comes from the command line.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandIo io) => new("keys", "Make keys, and see to which address a key belongs.")
    {
        CreateNew(io),
        CreateShow(io),
    };

    private static Command CreateNew(CommandIo io)
    {
        Option<ChainProfile?> profile = ProfileOption();
        var file = new Option<string?>("--file")
        {
            HelpName = "PATH",
            Description = "Write the private key into a new file that only you can read, instead of showing it.",
        };
        var command = new Command("new", "Make a new key and show its address, public key and private key.") { profile, file };
        command.SetAction(parsed =>
        {
            using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
            string? path = parsed.GetValue(file);
            if (path is not null) KeyText.Save(key, path);
            WritePublicPart(key, parsed.GetValue(profile), io.Output);
            if (path is null)
            {
                io.Output.Write("private key  ");
                KeyText.Write(key, io.Output);
                io.Output.WriteLine();
                io.Output.WriteLine("Whoever knows the private key owns what the address owns. Keep it secret, and keep a copy: nobody can restore it.");
            }
            else
            {
                io.Output.WriteLine($"private key  in {path}; nobody can restore it from anything else");
            }
        });
        return command;
    }

    private static Command CreateShow(CommandIo io)
    {
        Option<ChainProfile?> profile = ProfileOption();
        var file = new Option<string>("--file")
        {
            HelpName = "PATH",
            DefaultValueFactory = _ => "-",
            Description = "Read the private key from a file; without it, or with -, from standard input.",
        };
        // Takes what somebody may write here by mistake, so that the refusal can say why and does not repeat it.
        var misplaced = new Argument<string[]>("KEY") { Hidden = true, Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(
            "show",
            "Show the address and the public key that belong to a private key. The key comes from a file or from standard input, never "
            + "as an argument: other users and your shell's history would see it.")
        {
            profile,
            file,
            misplaced,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(misplaced) is { Length: > 0 })
                throw new BadInputException("A key is never an argument: other users and your shell's history would see it. Expected --file PATH, or the key on standard input.");
            using PrivateKey key = Read(parsed.GetValue(file)!, io);
            WritePublicPart(key, parsed.GetValue(profile), io.Output);
        });
        return command;
    }

    private static Option<ChainProfile?> ProfileOption() => new("--profile")
    {
        HelpName = "NAME",
        Description = $"Show the address on this profile's chains only: {Inputs.Or(Profiles.All.Select(profile => profile.Name))}.",
        CustomParser = CommandLine.Parser("--profile", text => Inputs.Profile(text, Profiles.All)),
    };

    private static PrivateKey Read(string path, CommandIo io)
    {
        if (path is "-")
        {
            if (io.IsTyped) io.Error.WriteLine("Type or paste the private key, then Enter:");
            return KeyText.Read(io.Input);
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            return KeyText.Read(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"The key file '{path}' cannot be read: {exception.Message}");
        }
    }

    private static void WritePublicPart(PrivateKey key, ChainProfile? only, TextWriter output)
    {
        IEnumerable<ChainProfile> profiles = only is null ? Profiles.All : [only];
        foreach (ChainProfile profile in profiles)
            output.WriteLine($"address      {profile.Signatures.AddressOf(key.PublicKey).ToText(profile.AddressPrefix)}  ({profile.Name})");
        output.WriteLine($"public key   {key.PublicKey}");
    }
}
