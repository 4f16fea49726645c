namespace Coniunctum.Node.Cli;

/// <summary>Breaks text between words, so that it reads well in a terminal of ordinary width.</summary>
internal static class WrappedText
{
    // Narrow enough for half a screen, and the same wherever it is read.
    private const int Width = 80;

    /// <summary>Writes a text behind a prefix; the lines that follow are indented.</summary>
    public static void Write(TextWriter output, string prefix, int indent, string text)
    {
        string line = prefix;
        foreach (string word in text.Split(' '))
        {
            if (line.Length + word.Length > Width)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', indent);
            }

            line += word + " ";
        }

        output.WriteLine(line.TrimEnd());
    }
}
