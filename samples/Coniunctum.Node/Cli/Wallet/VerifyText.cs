using System.Buffers;
using System.CommandLine;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys verify.</summary>
internal static class VerifyText
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        var signature = new Argument<string>("SIGNATURE") { Description = "The signature, in hexadecimal digits." };
        var message = new MessageText();
        var signer = new Option<string?>("--signer")
        {
            HelpName = "ADDRESS",
            Description = "Who should have signed. If it was someone else, the exit code is 1. Without it someone always did: compare the address that is shown.",
        };
        var command = new Command("verify", "Show who signed a text.") { signature, message.Argument, message.File, signer, options.Profile, options.Json };
        CommandLine.SetAction(command, null, (parsed, _) => Task.FromResult(Verify(
            io,
            parsed.GetValue(options.Profile) ?? Profiles.Standard,
            ReadSignature(parsed.GetValue(signature)!),
            message.Read(parsed, io),
            parsed.GetValue(signer),
            parsed.GetValue(options.Json))));
        return command;
    }

    private static int Verify(CommandIo io, ChainProfile profile, byte[] signature, byte[] text, string? expectedText, bool asJson)
    {
        Address? expected = expectedText is null ? null : Inputs.Address(expectedText, profile.AddressPrefix);
        SignatureOutcome outcome = SignedMessage.Recover(profile.Signatures, text, signature, out Address found);
        if (outcome != SignatureOutcome.Valid)
        {
            throw new BadInputException(outcome == SignatureOutcome.WrongLength
                ? Invariant($"The signature has {signature.Length} bytes; expected {profile.Signatures.SignatureSize}.")
                : $"That is no signature of anything: {outcome}.");
        }

        bool isExpected = expected is null || expected == found;
        string address = found.ToText(profile.AddressPrefix);
        if (asJson)
        {
            KeyReport.WriteJson(io.Output, json =>
            {
                json.WriteString("signer", address);
                if (expected is not null) json.WriteBoolean("expected", isExpected);
            });
        }
        else
        {
            io.Output.WriteLine($"signer       {address}");
            if (expected is not null) io.Output.WriteLine(isExpected ? "That is who should have signed." : "That is not who should have signed, or the text is another one.");
        }

        return isExpected ? ExitCode.Success : ExitCode.Failure;
    }

    private static byte[] ReadSignature(string argument)
    {
        ReadOnlySpan<char> text = HexText.Digits(argument);
        int stray = text.IndexOfAnyExcept(SearchValues.Create("0123456789abcdefABCDEF"));
        if (stray >= 0) throw new BadInputException(Invariant($"Character {stray + 1} of the signature's digits is no hexadecimal digit."));
        return text.Length % 2 == 0 ? Convert.FromHexString(text) : throw new BadInputException($"The signature has {text.Length} hexadecimal digits, an odd number.");
    }
}
