namespace Coniunctum.Node.Cli;

/// <summary>Command lines that the help of their commands shows. A test runs all of them, one behind the other, beside a development chain.</summary>
internal static class Examples
{
    /// <summary>By the words that call the command. ID stands for a transaction's id, BLOCK for that of its block.</summary>
    public static IReadOnlyDictionary<string, string> OfCommands { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["tx receipt"] = "coniunctum tx receipt ID --out paid.receipt",
        ["receipt verify"] = "coniunctum receipt verify paid.receipt --header BLOCK",
        ["db backup"] = "coniunctum db backup --data chain.db --out copy.db",
        ["db digest"] = "coniunctum db digest --data copy.db --out copy.digest",
        ["db verify"] = "coniunctum db verify --data copy.db --against copy.digest",
        ["db rewind"] = "coniunctum db rewind --data copy.db --height 1",
        ["db diff"] = "coniunctum db diff copy.db chain.db --height 1",
    };
}
