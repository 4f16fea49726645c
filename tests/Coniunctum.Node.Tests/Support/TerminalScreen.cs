using System.Text;
using Spectre.Console;

namespace Coniunctum.Node.Tests.Support;

/// <summary>
/// A terminal as far as this program uses one: what was written to it is what a person sees. Controls that it does not know throw.
/// A new size cuts lines off, as xterm does, and keeps the cursor's line.
/// </summary>
internal sealed class TerminalScreen(int width, int height) : StringWriter, IAnsiConsoleOutput
{
    private const char Escape = '\e';

    private readonly StringBuilder _control = new();
    private List<char[]> _lines = [.. Enumerable.Range(0, height).Select(_ => Blank(width))];
    private int _row;
    private int _column;
    private bool _isFull;

    public int Width { get; private set; } = width;

    public int Height { get; private set; } = height;

    public bool IsTerminal => true;

    public bool IsCursorShown { get; private set; } = true;

    public TextWriter Writer => this;

    /// <summary>What is to be seen, without blanks at the ends of lines and without empty lines at the end.</summary>
    public string Text => string.Join('\n', _lines.Select(line => new string(line).TrimEnd())).TrimEnd('\n');

    /// <summary>Makes a console that writes here whatever the tests' own terminal can do.</summary>
    public IAnsiConsole Console() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = this,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        EnvironmentVariables = new Dictionary<string, string>(StringComparer.Ordinal),
    });

    public void Resize(int newWidth, int newHeight)
    {
        int above = Math.Max(0, _row - newHeight + 1);
        _lines = [.. _lines.Skip(above).Take(newHeight).Select(line => line.Concat(Blank(newWidth)).Take(newWidth).ToArray())];
        while (_lines.Count < newHeight) _lines.Add(Blank(newWidth));
        (Width, Height, _row, _column, _isFull) = (newWidth, newHeight, _row - above, Math.Min(_column, newWidth - 1), false);
    }

    public void SetEncoding(Encoding encoding)
    {
        // Characters are taken as they are.
    }

    public override void Write(string? value)
    {
        foreach (char character in value ?? "") Write(character);
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void WriteLine(string? value) => Write($"{value}\n");

    public override void WriteLine() => Write('\n');

    public override void Write(char value)
    {
        if (_control.Length > 0 || value == Escape)
        {
            _control.Append(value);
            if (_control.Length > 2 && char.IsAsciiLetter(value)) Control();
            return;
        }

        switch (value)
        {
            case '\r':
                (_column, _isFull) = (0, false);
                break;
            case '\n':
                BreakLine();
                break;
            default:
                if (char.IsControl(value)) throw new InvalidOperationException($"The terminal does not know the control U+{(int)value:X4}.");
                Put(value);
                break;
        }
    }

    private void Put(char value)
    {
        if (_isFull) BreakLine();
        _lines[_row][_column] = value;
        _isFull = _column == Width - 1;
        if (!_isFull) _column++;
    }

    private void BreakLine()
    {
        (_column, _isFull) = (0, false);
        if (_row < Height - 1)
        {
            _row++;
            return;
        }

        _lines.RemoveAt(0);
        _lines.Add(Blank(Width));
    }

    private void Control()
    {
        string control = _control.ToString(1, _control.Length - 1);
        _control.Clear();
        switch (control[^1])
        {
            case 'm':
                break;
            case 'h' or 'l' when control.StartsWith("[?25", StringComparison.Ordinal):
                IsCursorShown = control[^1] == 'h';
                break;
            case 'A':
                _row = Math.Max(0, _row - (control.Length == 2 ? 1 : int.Parse(control.AsSpan(1, control.Length - 2), System.Globalization.CultureInfo.InvariantCulture)));
                _isFull = false;
                break;
            case 'K' when control == "[K":
                Array.Fill(_lines[_row], ' ', _column, Width - _column);
                break;
            case 'J' when control == "[J":
                Array.Fill(_lines[_row], ' ', _column, Width - _column);
                for (int row = _row + 1; row < Height; row++) _lines[row] = Blank(Width);
                break;
            default:
                throw new InvalidOperationException($"The terminal does not know the control {control}.");
        }
    }

    private static char[] Blank(int width) => [.. Enumerable.Repeat(' ', width)];
}
