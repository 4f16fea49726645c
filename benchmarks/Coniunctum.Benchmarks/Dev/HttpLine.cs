using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>
/// A connection over which requests go that are ready as bytes, each when the one before was answered. It does next to nothing itself,
/// so that two cores are left to whoever answers.
/// </summary>
internal sealed class HttpLine : IDisposable
{
    private static readonly byte[] s_headEnd = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private byte[] _buffer = new byte[16 * 1024];

    private HttpLine(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    public static HttpLine Open(IPEndPoint at)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(at);
            return new HttpLine(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes a request ready.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">The path.</param>
    /// <param name="type">What the body is; empty where there is none.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More headers, each ended by CRLF.</param>
    public static byte[] Request(string method, string path, string type = "", ReadOnlySpan<byte> body = default, string headers = "")
    {
        string about = type.Length == 0 ? "" : Invariant($"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n");
        return [.. Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{about}\r\n"), .. body];
    }

    /// <summary>Sends a request and returns the answer's body, which holds until the next one.</summary>
    /// <exception cref="IOException">The answer is none, or says that something is wrong.</exception>
    public ReadOnlySpan<byte> Ask(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty) request = request[_socket.Send(request)..];
        int read = 0, bodyAt;
        while ((bodyAt = _buffer.AsSpan(0, read).IndexOf(s_headEnd)) < 0) read = Read(read);
        bodyAt += s_headEnd.Length;
        string head = Encoding.ASCII.GetString(_buffer, 0, bodyAt);
        int end = bodyAt + LengthOf(head);
        while (read < end) read = Read(read);
        ReadOnlySpan<byte> body = _buffer.AsSpan(bodyAt, end - bodyAt);
        return head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) ? body : throw new IOException($"{head.Split('\r')[0]}: {Encoding.UTF8.GetString(body)}");
    }

    public void Dispose() => _socket.Dispose();

    private int Read(int read)
    {
        if (read == _buffer.Length) Array.Resize(ref _buffer, 2 * read);
        int more = _socket.Receive(_buffer.AsSpan(read));
        return more > 0 ? read + more : throw new IOException("The connection was closed in the middle of an answer.");
    }

    private static int LengthOf(string head)
    {
        const string Name = "\r\ncontent-length:";
        int at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0) throw new IOException("The answer does not say how long it is.");
        ReadOnlySpan<char> rest = head.AsSpan(at + Name.Length);
        return int.Parse(rest[..rest.IndexOf('\r')], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
