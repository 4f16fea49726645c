using System.Globalization;
using System.Text.RegularExpressions;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Cli;

/// <summary>Reads what people type. Every refusal says what was found and what was expected.</summary>
internal static partial class Inputs
{
    public static readonly TimeSpan ShortestBlockTime = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan LongestBlockTime = TimeSpan.FromHours(1);

    /// <summary>The largest height that is taken: every reader of JSON holds it exactly, and no chain comes near it.</summary>
    public const ulong MostHeight = (1UL << 53) - 1;

    public static ulong Number(string text, ulong least, ulong most)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value >= least && value <= most)
            return value;
        throw new BadInputException($"{Quoted.Of(text)} is not a whole number from {least} to {most}.");
    }

    /// <summary>Reads a duration such as 100ms, 2.5s or 1m.</summary>
    public static TimeSpan Duration(string text)
    {
        Match match = DurationPattern().Match(text);
        if (match.Success && decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number <= 3_600_000)
        {
            decimal milliseconds = number * match.Groups["unit"].Value switch { "ms" => 1, "s" => 1_000, _ => 60_000 };
            var duration = TimeSpan.FromMilliseconds((double)Math.Round(milliseconds));
            if (duration >= ShortestBlockTime && duration <= LongestBlockTime) return duration;
        }

        throw new BadInputException($"{Quoted.Of(text)} is not a duration from 1ms to 60m; write it like 100ms, 2.5s or 1m.");
    }

    public static ChainProfile Profile(string name, IReadOnlyList<ChainProfile> known) =>
        known.FirstOrDefault(profile => profile.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BadInputException($"{Quoted.Of(name)} is no profile; expected {Or(known.Select(profile => profile.Name))}.");

    public static Address Address(string text, string prefix)
    {
        AddressOutcome outcome = Crypto.Address.Read(text.AsSpan().Trim(), prefix, out Address address);
        if (!outcome.IsValid) throw new BadInputException($"{Quoted.Of(text)} is no address: {outcome.Message}");
        return address.IsRoot ? throw new BadInputException($"{Quoted.Of(text)} is the root address, to which nothing is paid.") : address;
    }

    /// <summary>Joins names as a sentence does: a, b or c.</summary>
    public static string Or(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }

    [GeneratedRegex(@"^(?<number>\d{1,8}(?:\.\d{1,6})?)(?<unit>ms|s|m)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DurationPattern();
}
