namespace Coniunctum.Node.Cli;

/// <summary>What a snapshot may be called.</summary>
internal static class SnapshotName
{
    private const int MostCharacters = 64;

    /// <summary>Reads a name.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static string Read(string text) =>
        text.Length is > 0 and <= MostCharacters && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
            ? text
            : throw new BadInputException(Invariant($"{Quoted.Of(text)} is no name of a snapshot: expected 1 to {MostCharacters} letters, digits, '-', '_' or '.'."));
}
