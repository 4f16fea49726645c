using System.Globalization;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>
/// A digest as text: the digest's parts, a line each, then for each height, from genesis on, the first 16 digits of the digest over all
/// headers up to it, by which the first one that differs is found.
/// </summary>
internal static class DigestFile
{
    private const string FirstLine = "coniunctum-digest 1";
    private const int PrefixDigits = 16;

    // The longest one names a part and has 64 digits.
    private const int MostLineCharacters = 128;

    private static readonly string[] s_parts = ["chain", "height", "tip", "state-root", "heads", "state", "digest"];

    /// <summary>What is written of the digest over all headers up to a height.</summary>
    public static string PrefixOf(in Hash256 heads) => heads.ToString()[..PrefixDigits];

    /// <summary>Writes a new file, which is durable when this returns.</summary>
    /// <exception cref="BadInputException">It cannot be written, or the name is taken.</exception>
    public static void Save(string path, LedgerDigest digest, IReadOnlyList<string> prefixes) => PathInput.Trying($"{Quoted.Of(path)} cannot be written", path, () =>
    {
        string full = Path.GetFullPath(path), temporary = DurableFile.TemporaryFor(full);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                using (var text = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
                {
                    text.WriteLine(FirstLine);
                    foreach ((string name, string value) in s_parts.Zip(ValuesOf(digest))) text.WriteLine($"{name} {value}");
                    foreach (string prefix in prefixes) text.WriteLine(prefix);
                }

                file.Flush(flushToDisk: true);
            }

            if (!DurableFile.TryName(temporary, full)) throw new BadInputException($"{Quoted.Of(path)} is there already; expected a new file.");
        }
        finally
        {
            File.Delete(temporary);
        }
    });

    /// <summary>Reads the parts of a digest that came from anywhere, and leaves the text at the first height.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static LedgerDigest ReadParts(TextReader text, string path)
    {
        if (ReadLine(text, path) != FirstLine) throw Bad(path, $"its first line is not '{FirstLine}'");
        var values = new string[s_parts.Length];
        for (int i = 0; i < s_parts.Length; i++)
        {
            string line = ReadLine(text, path) ?? "", start = $"{s_parts[i]} ";
            if (!line.StartsWith(start, StringComparison.Ordinal)) throw Bad(path, $"it lacks the line that begins with '{s_parts[i]}'");
            values[i] = line[start.Length..];
        }

        bool isRead = BlockId.TryParse(values[0], out BlockId chain)
            & ulong.TryParse(values[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)
            & BlockId.TryParse(values[2], out BlockId tip)
            & Hash256.TryParse(values[3], out Hash256 stateRoot)
            & Hash256.TryParse(values[4], out Hash256 heads)
            & Hash256.TryParse(values[5], out Hash256 state);
        var digest = new LedgerDigest(chain, height, tip, stateRoot, heads, state);
        return isRead && height <= Inputs.MostHeight && digest.Value.ToString() == values[6]
            ? digest
            : throw Bad(path, "its parts are not those that its digest is of");
    }

    /// <summary>Reads what is written of the next height.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static string ReadPrefix(TextReader text, string path, ulong height) =>
        ReadLine(text, path) is { Length: PrefixDigits } line && line.All(char.IsAsciiHexDigit) ? line : throw Bad(path, Invariant($"it has no line for height {height}"));

    private static IEnumerable<string> ValuesOf(LedgerDigest digest) =>
    [
        digest.Chain.ToString(),
        digest.Height.ToString(CultureInfo.InvariantCulture),
        digest.Tip.ToString(),
        digest.StateRoot.ToString(),
        digest.Heads.ToString(),
        digest.State.ToString(),
        digest.Value.ToString(),
    ];

    /// <summary>Reads a line, however long a stranger's is.</summary>
    private static string? ReadLine(TextReader text, string path)
    {
        var line = new StringBuilder();
        while (text.Read() is >= 0 and int next)
        {
            if (next == '\n') return line.ToString();
            if (line.Length == MostLineCharacters) throw Bad(path, "one of its lines is too long");
            line.Append((char)next);
        }

        return line.Length > 0 ? line.ToString() : null;
    }

    private static BadInputException Bad(string path, string why) => new($"{Quoted.Of(path)} is no digest that 'coniunctum db digest --out' wrote: {why}.");
}
