namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Asks at the terminal itself, as getpass does: standard input may be something else.</summary>
internal sealed class TerminalPrompt(TextWriter output) : IPrompt
{
    private const byte ControlC = 0x03;
    private const byte ControlD = 0x04;
    private const byte Backspace = 0x08;
    private const byte ControlU = 0x15;
    private const byte Delete = 0x7F;

    public async Task<SecretText?> AskAsync(string question, CancellationToken cancellation)
    {
        QuietTerminal? terminal = QuietTerminal.TryOpen();
        if (terminal is null) return null;
        var line = new SecretText(SecretText.MaxLineBytes + 1);
        try
        {
            await output.WriteAsync(question + " ");
            await output.FlushAsync(cancellation);

            // A read cannot be interrupted; who cancels leaves it behind with the process.
            await Task.Run(() => ReadLine(terminal, line), cancellation).WaitAsync(cancellation);
            return line.Length <= SecretText.MaxLineBytes ? line : throw new BadInputException($"That has more than {SecretText.MaxLineBytes} bytes.");
        }
        catch
        {
            line.Dispose();
            throw;
        }
        finally
        {
            terminal.Dispose(); // before the line's end, which a raw terminal does not return from
            await output.WriteLineAsync();
        }
    }

    /// <summary>Reads keys up to Enter. The terminal hands them on as they are: what they mean is decided here.</summary>
    private static void ReadLine(QuietTerminal terminal, SecretText line)
    {
        while (terminal.ReadByte() is { } key)
        {
            switch (key)
            {
                case (byte)'\r' or (byte)'\n':
                case ControlD when line.Length == 0:
                    return;
                case ControlC:
                    throw new InterruptedException();
                case Backspace or Delete:
                    line.Shorten(StartOfLastCharacter(line.Bytes));
                    break;
                case ControlU:
                    line.Shorten(0);
                    break;
                case >= (byte)' ':
                    line.TryAdd(key);
                    break;
            }
        }
    }

    /// <summary>In UTF-8 the bytes 10xxxxxx go on with a character.</summary>
    private static int StartOfLastCharacter(ReadOnlySpan<byte> text)
    {
        int start = Math.Max(0, text.Length - 1);
        while (start > 0 && (text[start] & 0xC0) == 0x80) start--;
        return start;
    }
}
