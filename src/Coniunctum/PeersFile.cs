using System.Collections.Immutable;
using Coniunctum.Crypto.Internal;
using Coniunctum.P2P.Internal;

namespace Coniunctum;

/// <summary>A text file of nodes to dial: one a line, in the text form of <see cref="PeerAddress"/>; empty lines and those that begin with # are passed over.</summary>
internal static class PeersFile
{
    private const int MaxBytes = 1_024 * 1_024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="NetworkStartException">It cannot be read, or is no such file.</exception>
    public static async Task<ImmutableArray<PeerAddress>> ReadAsync(string path, CancellationToken cancellation)
    {
        string shown = PrintableText.Of(path);
        string[] lines;
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw Fault($"The file of peers '{shown}' is larger than 1 MiB: is it the right one?");
            lines = await File.ReadAllLinesAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Fault($"The file of peers '{shown}' cannot be read: {PrintableText.Of(exception.Message)} Let this user read it, or name another file.");
        }

        var peers = ImmutableArray.CreateBuilder<PeerAddress>();
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (!PeerAddress.TryParse(line, out PeerAddress? peer))
                throw Fault(Invariant($"Line {i + 1} of the file of peers '{shown}' is '{PrintableText.Of(line)}'; expected {PeerAddress.Expected}."));
            peers.Add(peer);
        }

        return peers.ToImmutable();
    }

    private static NetworkStartException Fault(string message) => new(NetworkStartFault.PeersFile, message);
}
