using System.CommandLine;
using System.Text.Json.Nodes;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum profile: what the rules of a chain are.</summary>
internal static class ProfileCommand
{
    public static Command Create(CommandIo io)
    {
        var name = new Argument<string>("NAME") { Description = $"One of {string.Join(", ", Profiles.All.Select(profile => profile.Name))}." };
        Option<bool> json = JsonOption.Create();
        var show = new Command("show", "Show every parameter of a profile: what the nodes of a chain agree on.") { name, json };
        CommandLine.SetAction(show, null, (parsed, _) => Task.FromResult(
            Show(Inputs.Profile(parsed.GetValue(name)!, Profiles.All), new OutcomeReporter(io, parsed.GetValue(json)))));
        return new Command("profile", "Look up the rules of a chain.") { show };
    }

    private static int Show(ChainProfile profile, OutcomeReporter reporter)
    {
        (string Name, string Value)[] rows =
        [
            ("name", profile.Name),
            .. profile.Parameters.Select(parameter => (parameter.Name, parameter.Value.ToString())),
            ("genesis", profile.Genesis.IsDrawn ? "drawn anew for every ledger" : $"at {profile.Genesis.Timestamp} ms Unix time"),
            ("allocations", Invariant($"{profile.Genesis.Allocations.Length}")),
            ("upgrades", profile.Upgrades.IsEmpty ? "none" : string.Join(", ", profile.Upgrades.Select(upgrade => $"{upgrade.Ruleset} from height {upgrade.Height}"))),
            ("port", Invariant($"{profile.DefaultPort}")),
            ("web port", Invariant($"{profile.DefaultWebPort}")),
        ];
        int width = rows.Max(row => row.Name.Length) + 2;

        // Every value is text, as the profile itself writes it: amounts and limits are exact wherever they are read.
        var fields = new JsonObject();
        foreach ((string name, string value) in rows) fields[name] = value;
        return reporter.Conclude(string.Join(Environment.NewLine, rows.Select(row => $"{row.Name.PadRight(width)}{row.Value}")), fields);
    }
}
