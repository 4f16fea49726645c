namespace Coniunctum.Node.Cli;

/// <summary>Command lines that the help of their commands shows. A test runs all of them, one behind the other, beside a development chain.</summary>
internal static class Examples
{
    /// <summary>By the words that call the command. ID stands for a transaction's id, BLOCK for that of its block.</summary>
    public static IReadOnlyDictionary<string, string> OfCommands { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["tx receipt"] = "coniunctum tx receipt ID --out paid.receipt",
        ["receipt verify"] = "coniunctum receipt verify paid.receipt --header BLOCK",
    };
}
