using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum;

/// <summary>
/// A chain's profile as a text that others start the same chain from: the words <c>coniunctum-profile 1</c> and the canonical
/// encoding with its checksum in base64url, on one line. It names rules and applications, and holds the chain's identity, with which
/// all that it says is compared.
/// </summary>
/// <example>
/// <code>
/// await File.WriteAllTextAsync("club.profile", ProfileFile.Write(ledger.Profile));
/// ProfileOutcome outcome = ProfileFile.Read(await File.ReadAllTextAsync("club.profile"));
/// if (!outcome.IsValid) Console.WriteLine(outcome.Message);
/// </code>
/// </example>
public static class ProfileFile
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 1 << 20;

    private const string Head = "coniunctum-profile 1 ";

    /// <summary>Writes a profile, with the newline that ends it.</summary>
    /// <param name="profile">A profile whose genesis is known: of a public chain, or of a ledger that has drawn one.</param>
    /// <exception cref="ArgumentException">Others could not make the same chain out of it; the message says why.</exception>
    public static string Write(ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return $"{Head}{ProfileCodec.ToText(profile)}\n";
    }

    /// <summary>Reads a profile.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="applications">Applications that this program has, beside those that come with a rule.</param>
    /// <returns>The profile, or what was wrong.</returns>
    public static ProfileOutcome Read(string text, params IEnumerable<ILedgerApplication> applications)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(applications);
        if (text.Length > MaxLength) return ProfileOutcome.Invalid(ProfileFault.Malformed, Invariant($"A profile has at most {MaxLength} characters; the text has {text.Length}."));
        string line = text.Trim();
        return line.StartsWith(Head, StringComparison.Ordinal)
            ? ProfileCodec.FromText(line.AsSpan(Head.Length), applications)
            : ProfileOutcome.Invalid(ProfileFault.Malformed, $"This is no profile: expected one line that begins with '{Head.TrimEnd()}'.");
    }
}
