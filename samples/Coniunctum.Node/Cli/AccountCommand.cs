using System.CommandLine;
using System.Text.Json.Nodes;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum account: what a node that is yet to be started will be paid and vote with.</summary>
internal static class AccountCommand
{
    public static Command Create(CommandIo io)
    {
        Option<string?> data = NetworkCommand.DataOption(io);
        data.Description = "The node's folder, which is made where there is none.";
        Option<bool> json = JsonOption.Create();
        var command = new NetworkCommand(
            "account",
            "Show the address of a node's own account, and make its key where there is none: what another node's --member takes before there is a network. The key lies in the folder without a password.")
        {
            data, json,
        };
        CommandLine.SetAction(command, null, (parsed, _) =>
        {
            var folder = new NodeFolder(parsed.GetValue(data) ?? throw new BadInputException("Whose account? Expected --data FOLDER."));
            ChainProfile profile = folder.HasNetwork ? NodeFolder.ReadProfile(folder.Profile) : Profiles.Standard;
            using PrivateKey key = folder.OpenAccount();
            string address = profile.Signatures.AddressOf(key.PublicKey).ToText(profile.AddressPrefix);
            return Task.FromResult(new OutcomeReporter(io, parsed.GetValue(json)).Conclude(address, new JsonObject { ["address"] = address, ["file"] = folder.AccountKey }));
        });
        return command;
    }
}
