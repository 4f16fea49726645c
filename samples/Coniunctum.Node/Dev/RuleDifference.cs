using Coniunctum.Ledger;

namespace Coniunctum.Node.Dev;

/// <summary>A rule in which a development chain differs from the profile that it is named after.</summary>
/// <param name="Name">The parameter's name, as <c>profile show</c> has it.</param>
/// <param name="Own">What the chain has; "nothing" where it has no such parameter.</param>
/// <param name="Public">What the profile has.</param>
internal sealed record RuleDifference(string Name, string Own, string Public)
{
    private const string Nothing = "nothing";

    // Targets are long; their beginning tells them apart.
    private const int LongestShown = 16;

    /// <summary>Compares all that genesis commits to, but for what is drawn.</summary>
    public static IReadOnlyList<RuleDifference> Between(ChainProfile own, ChainProfile known)
    {
        Dictionary<string, string> theirs = Rules(known);
        Dictionary<string, string> ours = Rules(own);
        return [.. ours.Keys.Union(theirs.Keys, StringComparer.Ordinal)
            .Select(name => new RuleDifference(name, ours.GetValueOrDefault(name, Nothing), theirs.GetValueOrDefault(name, Nothing)))
            .Where(rule => !rule.Own.Equals(rule.Public, StringComparison.Ordinal))];
    }

    public override string ToString() => $"{Name} ({Short(Own)} for {Short(Public)})";

    private static Dictionary<string, string> Rules(ChainProfile profile) => profile.Parameters
        .Where(parameter => parameter.Name is not "salt")
        .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.ToString(), StringComparer.Ordinal);

    private static string Short(string value) => value.Length <= LongestShown ? value : $"{value[..LongestShown]}…";
}
