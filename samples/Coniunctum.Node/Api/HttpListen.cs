using System.Globalization;
using System.Net;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Api;

/// <summary>Where the API and the explorer are served to everyone who can connect.</summary>
/// <param name="Endpoint">The address and the port.</param>
/// <param name="IsAsked">Whether it was asked for, so that no other port will do.</param>
internal sealed record HttpListen(IPEndPoint Endpoint, bool IsAsked)
{
    private const string Expected = "expected HOST:PORT with an address of this machine, such as 0.0.0.0:56230, or a port alone for 127.0.0.1";

    /// <summary>Whether the ledger's instruments are shown there too.</summary>
    public bool HasMetrics { get; init; }

    /// <summary>What the option takes for nowhere.</summary>
    public const string Off = "off";

    /// <summary>The port that is set aside for a ledger's web page, on this machine alone.</summary>
    public static HttpListen Default { get; } = new(new IPEndPoint(IPAddress.Loopback, Profiles.Development.DefaultWebPort), IsAsked: false);

    /// <summary>Reads where to listen.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static HttpListen Read(string text)
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return new HttpListen(new IPEndPoint(IPAddress.Loopback, port), IsAsked: true);
        string numeric = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? $"127.0.0.1:{text["localhost:".Length..]}" : text;
        // Without a port it would be one of the system's choice, by mistake.
        bool hasPort = numeric.LastIndexOf(':') is > 0 and int colon && !numeric.EndsWith(']') && numeric[(colon + 1)..].All(char.IsAsciiDigit);
        return hasPort && IPEndPoint.TryParse(numeric, out IPEndPoint? endpoint) && (endpoint.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork || numeric.StartsWith('['))
            ? new HttpListen(endpoint, IsAsked: true)
            : throw new BadInputException($"{Quoted.Of(text)} is no place to listen; {Expected}.");
    }
}
