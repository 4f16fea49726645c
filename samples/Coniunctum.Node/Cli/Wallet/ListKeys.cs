using System.CommandLine;
using Coniunctum.Wallet;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>coniunctum keys list.</summary>
internal static class ListKeys
{
    public static Command Create(CommandIo io, KeyOptions options)
    {
        var command = new Command(
            "list", "List the keys with their addresses. They are read from the files without a password; 'keys show NAME --check' proves one.")
        {
            options.Profile, options.Folder, options.Json,
        };
        KeysCommand.SetAction(command, (parsed, _) => Task.FromResult(List(io, KeyFolder.Of(parsed, options, io), parsed.GetValue(options.Profile), parsed.GetValue(options.Json))));
        return command;
    }

    private static int List(CommandIo io, KeyFolder folder, ChainProfile? profile, bool asJson)
    {
        IReadOnlyList<KeyStoreEntry> entries = PathInput.Trying($"The keys in {folder.Shown} cannot be listed", folder.Store.Folder, () => folder.Store.List());
        if (asJson)
        {
            KeyReport.WriteJson(io.Output, json =>
            {
                json.WriteString("folder", folder.Store.Folder);
                json.WriteStartArray("keys");
                foreach (KeyStoreEntry entry in entries)
                {
                    json.WriteStartObject();
                    json.WriteString("name", entry.Name);
                    if (entry.File is null) json.WriteString("fault", entry.Outcome.Message);
                    if (entry.File?.PublicKey is { } key) KeyReport.WritePublicPart(json, key, profile);
                    if (entry.File is not null) KeyReport.WriteFile(json, entry.File);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
        else
        {
            if (entries.Count == 0) io.Output.WriteLine($"There are no keys in {folder.Shown}. 'coniunctum keys new NAME' makes one.");
            foreach (KeyStoreEntry entry in entries)
            {
                io.Output.WriteLine($"name         {entry.Name}{(entry.File is { IsWeak: true } ? "  (the password is easier to guess than it should be)" : "")}");
                if (entry.File?.PublicKey is { } key)
                {
                    foreach (ChainProfile each in KeyReport.ProfilesOf(profile))
                        io.Output.WriteLine($"address      {each.Signatures.AddressOf(key).ToText(each.AddressPrefix)}  ({each.Name})");
                }
                else
                {
                    io.Output.WriteLine(entry.File is null
                        ? $"fault        {entry.Outcome.Message}"
                        : $"ethereum     {(entry.File.EthereumAddress is { } address ? "0x" + address : "unknown")}");
                }
            }
        }

        return entries.Any(entry => entry.File is null) ? ExitCode.Failure : ExitCode.Success;
    }
}
