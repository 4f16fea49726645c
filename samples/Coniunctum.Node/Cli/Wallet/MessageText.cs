using System.CommandLine;
using System.Text;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>
/// The text that is signed: an argument, a file or standard input, byte for byte. Nothing is decoded, as any file can be signed;
/// where text is written otherwise than an argument would be, that is said.
/// </summary>
internal sealed class MessageText
{
    private const int MaxBytes = 16 << 20;

    public Argument<string?> Argument { get; } = new("TEXT") { Arity = ArgumentArity.ZeroOrOne, Description = "The text, or --file." };

    public Option<string?> File { get; } = PathInput.Option(
        "--file", "Take the text from a file, or with - from standard input: every byte of it, line ends too.");

    public byte[] Read(ParseResult parsed, CommandIo io)
    {
        string? text = parsed.GetValue(Argument);
        string? path = parsed.GetValue(File);
        if (text is null == path is null) throw new BadInputException("Expected a text, or --file PATH.");
        if (text is not null)
        {
            ForeignTextOutcome outcome = ForeignText.Check(text);
            return outcome.IsValid ? Encoding.UTF8.GetBytes(text) : throw new BadInputException($"{outcome.Describe("The text")} --file takes any bytes.");
        }

        byte[] bytes = path is "-" ? ReadAll(io.Input) : ReadFile(path!);
        if (IsWrittenOtherwise(bytes))
            io.Error.WriteLine($"{CommandLine.ProgramName}: The text begins with a byte-order mark, or is UTF-16 or UTF-32. It counts as it is, every byte of it: the same text in plain UTF-8 has another signature.");
        return bytes;
    }

    private static byte[] ReadFile(string path) =>
        PathInput.Trying($"The file {Quoted.Of(path)} cannot be read", path, () =>
        {
            using FileStream stream = System.IO.File.OpenRead(path);
            return ReadAll(stream);
        });

    private static bool IsWrittenOtherwise(ReadOnlySpan<byte> bytes)
    {
        const int enough = 4096;
        using var decoder = new ForeignTextDecoder();
        bool isLast = bytes.Length <= enough;
        bytes = bytes[..Math.Min(bytes.Length, enough)];
        ForeignTextOutcome outcome = decoder.Decode(bytes, isLast, new byte[ForeignTextDecoder.MaxUtf8Length(bytes.Length)], out _);
        return decoder.IsMarked || outcome.Fault == ForeignTextFault.Unmarked;
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
