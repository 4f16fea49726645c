using Spectre.Console;
using Spectre.Console.Rendering;

namespace Coniunctum.Node.Output;

/// <summary>
/// Lines that are drawn again and again in one place, below what was written before, in whatever size the terminal has. Not
/// <see cref="LiveDisplay"/>: once the terminal was resized, that erases the screen and all that can be scrolled back to, the
/// accounts' keys among it.
/// </summary>
/// <param name="console">The terminal.</param>
internal sealed class LiveLines(IAnsiConsole console)
{
    // ECMA-48: the cursor is hidden and shown, a line and the screen are erased from the cursor on.
    private const string Hide = "\e[?25l";
    private const string Show = "\e[?25h";
    private const string EraseLine = "\e[K";
    private const string EraseBelow = "\e[J";

    private int _drawn;

    /// <summary>Draws lines in the place of the last ones.</summary>
    /// <param name="lines">Makes them, each of one line, for a width and a height.</param>
    public void Draw(Func<int, int, IEnumerable<IRenderable>> lines)
    {
        Control(_drawn switch { 0 => Hide, 1 => "\r", _ => Invariant($"\r\e[{_drawn - 1}A") });
        _drawn = 0;
        // One column and one line stay free: a terminal breaks a line that fills it, and the cursor needs a place.
        foreach (IRenderable line in lines(console.Profile.Width - 1, console.Profile.Height - 1))
        {
            if (_drawn++ > 0) console.WriteLine();
            console.Write(line);
            Control(EraseLine);
        }

        Control(EraseBelow);
    }

    /// <summary>Leaves the terminal to whatever is written next.</summary>
    public void End()
    {
        if (_drawn == 0) return;
        _drawn = 0;
        console.WriteLine();
        Control(Show);
    }

    private void Control(string code) => console.Write(new ControlCode(code));
}
