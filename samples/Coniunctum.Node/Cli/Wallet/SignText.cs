using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Wallet;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys sign.</summary>
internal static class SignText
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        Argument<string> name = KeyFolder.NameArgument("The key.");
        var message = new MessageText();
        var command = new Command(
            "sign",
            "Sign a text with a key. The signature holds for this text only, and never for a transaction or anything else.")
        {
            name, message.Argument, message.File, options.Profile, options.Folder, options.PasswordFile, options.Json,
        };
        KeysCommand.SetAction(command, async (parsed, cancellation) =>
        {
            ChainProfile profile = parsed.GetValue(options.Profile) ?? Profiles.Standard;
            KeyFile file = KeyFolder.Of(parsed, options, io).Load(parsed.GetValue(name)!);
            byte[] text = message.Read(parsed, io);
            using SecretText password = await new Passwords(io, options).GetAsync(parsed, cancellation);
            using PrivateKey key = KeyFolder.Open(io, file, password, withoutAddress: false, cancellation);
            byte[] signature = new byte[profile.Signatures.SignatureSize];
            SignedMessage.Sign(profile.Signatures, key, text, signature);
            string digits = Convert.ToHexStringLower(signature);
            string signer = profile.Signatures.AddressOf(key.PublicKey).ToText(profile.AddressPrefix);
            if (parsed.GetValue(options.Json))
            {
                KeyReport.WriteJson(io.Output, json =>
                {
                    json.WriteString("signer", signer);
                    json.WriteString("scheme", profile.Signatures.Name);
                    json.WriteString("signature", digits);
                });
            }
            else
            {
                await io.Output.WriteLineAsync($"signer       {signer}");
                await io.Output.WriteLineAsync($"signature    {digits}");
            }

            return ExitCode.Success;
        });
        return command;
    }
}
