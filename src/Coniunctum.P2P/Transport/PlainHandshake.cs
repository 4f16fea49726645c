namespace Coniunctum.P2P.Transport;

/// <summary>Plain TCP: each side says that it means it, which proves nothing, and no side speaks it by accident.</summary>
internal static class PlainHandshake
{
    /// <summary>The first bytes of both sides.</summary>
    public static ReadOnlySpan<byte> Preamble => "coniunctum/1 plain\n"u8;

    // Records of TLS: an alert, which answers what is no TLS, and the first one of a client.
    private const byte TlsAlert = 0x15;
    private const byte TlsHandshake = 0x16;

    public static async ValueTask<Handshake> RunAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(Preamble.ToArray(), cancellation).ConfigureAwait(false);
        byte[] heard = new byte[Preamble.Length];
        int length = 0;
        while (length < heard.Length && heard.AsSpan(0, length).SequenceEqual(Preamble[..length]))
        {
            int read = await stream.ReadAsync(heard.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0) break;
            length += read;
        }

        if (length > 0 && heard[0] is TlsAlert or TlsHandshake) return Handshake.Failed(TransportFault.PlainOnOneSide);
        if (!heard.AsSpan(0, length).SequenceEqual(Preamble[..length])) return Handshake.Failed(TransportFault.OtherProtocol);
        return length == heard.Length ? new Handshake(TransportFault.None, stream, null, "") : Handshake.Failed(TransportFault.Closed);
    }
}
