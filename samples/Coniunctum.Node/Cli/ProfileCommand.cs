using System.CommandLine;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum profile: what the rules of a chain are.</summary>
internal static class ProfileCommand
{
    public static Command Create(CommandIo io)
    {
        var name = new Argument<string>("NAME") { Description = $"One of {string.Join(", ", Profiles.All.Select(profile => profile.Name))}." };
        var show = new Command("show", "Show every parameter of a profile: what the nodes of a chain agree on.") { name };
        show.SetAction(parsed => Show(Inputs.Profile(parsed.GetValue(name)!, Profiles.All), io.Output));
        return new Command("profile", "Look up the rules of a chain.") { show };
    }

    private static void Show(ChainProfile profile, TextWriter output)
    {
        (string Name, string Value)[] rows =
        [
            ("name", profile.Name),
            .. profile.Parameters.Select(parameter => (parameter.Name, parameter.Value.ToString())),
            ("genesis", profile.Genesis.IsDrawn ? "drawn anew for every ledger" : $"at {profile.Genesis.Timestamp} ms Unix time"),
            ("allocations", profile.Genesis.Allocations.Length.ToString()),
            ("upgrades", profile.Upgrades.IsEmpty ? "none" : string.Join(", ", profile.Upgrades.Select(upgrade => $"{upgrade.Ruleset} from height {upgrade.Height}"))),
            ("port", Invariant($"{profile.DefaultPort}")),
            ("web port", Invariant($"{profile.DefaultWebPort}")),
        ];
        int width = rows.Max(row => row.Name.Length) + 2;
        foreach ((string name, string value) in rows) output.WriteLine($"{name.PadRight(width)}{value}");
    }
}
