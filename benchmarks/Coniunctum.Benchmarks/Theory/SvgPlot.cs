using System.Globalization;
using System.Text;

namespace Coniunctum.Benchmarks.Theory;

/// <summary>Lines and points on two axes, as SVG that reads well on light and on dark pages.</summary>
internal sealed class SvgPlot(
    string title, string horizontal, string vertical, bool isLogarithmic, (double Least, double Greatest) x, (double Least, double Greatest) y)
{
    private const int Width = 420;
    private const int Height = 340;
    private const int Left = 60;
    private const int Right = 20;
    private const int Top = 40;
    private const int Bottom = 50;
    private const int Ticks = 5;

    private readonly StringBuilder _content = new();
    private int _labels;

    /// <summary>Puts two plots beside each other.</summary>
    public static string Beside(SvgPlot left, SvgPlot right) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * Width} {Height}" font-family="sans-serif" font-size="11">
        <rect width="{2 * Width}" height="{Height}" fill="#ffffff"/>
        {left.Render()}
        <g transform="translate({Width} 0)">
        {right.Render()}
        </g>
        </svg>

        """);

    public void AddLine(string label, string color, IEnumerable<(double X, double Y)> points)
    {
        string path = string.Join(' ', points.Where(point => point.Y >= y.Least).Select(point => $"{Number(PlaceX(point.X))},{Number(PlaceY(point.Y))}"));
        _content.AppendLine(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>");
        int top = Top + 8 + (14 * _labels++);
        int left = isLogarithmic ? Width - Right - 60 : Left + 12;
        _content.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{left}\" y1=\"{top}\" x2=\"{left + 14}\" y2=\"{top}\" stroke=\"{color}\" stroke-width=\"2\"/>");
        _content.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{left + 18}\" y=\"{top + 4}\" fill=\"#222222\">{label}</text>");
    }

    public void AddPoints(string color, IEnumerable<(double X, double Y)> points)
    {
        foreach ((double px, double py) in points.Where(point => point.Y >= y.Least))
            _content.AppendLine(CultureInfo.InvariantCulture, $"<circle cx=\"{Number(PlaceX(px))}\" cy=\"{Number(PlaceY(py))}\" r=\"3\" fill=\"#ffffff\" stroke=\"{color}\" stroke-width=\"1.5\"/>");
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private string Render()
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-size=\"13\" fill=\"#222222\">{title}</text>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\" fill=\"none\" stroke=\"#999999\"/>");
        for (int tick = 0; tick <= Ticks; tick++)
        {
            double at = x.Least + ((x.Greatest - x.Least) * tick / Ticks);
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Number(PlaceX(at))}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\" fill=\"#222222\">{Number(at)}</text>");
            double value = isLogarithmic ? Math.Pow(10, Math.Log10(y.Least) * (Ticks - tick) / Ticks) : y.Least + ((y.Greatest - y.Least) * tick / Ticks);
            string name = isLogarithmic ? value.ToString("0.#####", CultureInfo.InvariantCulture) : Number(value);
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Number(PlaceY(value) + 4)}\" text-anchor=\"end\" fill=\"#222222\">{name}</text>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{Number(PlaceY(value))}\" x2=\"{Width - Right}\" y2=\"{Number(PlaceY(value))}\" stroke=\"#e4e4e4\"/>");
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\" fill=\"#222222\">{horizontal}</text>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\" fill=\"#222222\">{vertical}</text>");
        return svg.Append(_content).ToString();
    }

    private double PlaceX(double value) => Left + ((value - x.Least) / (x.Greatest - x.Least) * (Width - Left - Right));

    private double PlaceY(double value)
    {
        double part = isLogarithmic
            ? (Math.Log10(value) - Math.Log10(y.Least)) / (Math.Log10(y.Greatest) - Math.Log10(y.Least))
            : (value - y.Least) / (y.Greatest - y.Least);
        return Height - Bottom - (part * (Height - Top - Bottom));
    }
}
