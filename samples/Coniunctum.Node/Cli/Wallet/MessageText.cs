using System.CommandLine;
using System.Text;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>The text that is signed: an argument, a file or standard input, byte for byte.</summary>
internal sealed class MessageText
{
    private const int MaxBytes = 16 << 20;

    public Argument<string?> Argument { get; } = new("TEXT") { Arity = ArgumentArity.ZeroOrOne, Description = "The text, or --file." };

    public Option<string?> File { get; } = new("--file")
    {
        HelpName = "PATH",
        Description = "Take the text from a file, or with - from standard input: every byte of it, line ends too.",
    };

    public byte[] Read(ParseResult parsed, CommandIo io)
    {
        string? text = parsed.GetValue(Argument);
        string? path = parsed.GetValue(File);
        if (text is null == path is null) throw new BadInputException("Expected a text, or --file PATH.");
        if (text is not null) return Encoding.UTF8.GetBytes(text);
        if (path is "-") return ReadAll(io.Input);
        return KeyFolder.Try($"The file '{path}' cannot be read", () =>
        {
            using FileStream stream = System.IO.File.OpenRead(path!);
            return ReadAll(stream);
        });
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var bytes = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        while (stream.Read(piece) is > 0 and int read)
        {
            bytes.Write(piece, 0, read);
            if (bytes.Length > MaxBytes) throw new BadInputException($"The text has more than {MaxBytes} bytes.");
        }

        return bytes.ToArray();
    }
}
