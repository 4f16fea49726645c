using Coniunctum.Consensus;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// The number under which the machine of a ledger knows a connection that it shares with others: of one opening of the ledger on it. So it is
/// as good as a connection's own, which is never used twice: what still waits of an opening that is over is no one's. From the lowest bit
/// on: 32 bits of the connection's number, 7 of the ledger's channel, 24 that count openings. A connection's own number has no channel.
/// </summary>
internal static class LedgerPeerId
{
    private const int ChannelShift = 32;
    private const int OpeningShift = 39;
    private const long ConnectionMask = (1L << ChannelShift) - 1;
    private const long ChannelMask = (1L << (OpeningShift - ChannelShift)) - 1;
    private const long OpeningMask = (1L << 24) - 1;

    /// <summary>Returns the number of an opening.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="channel">The channel on which this node speaks of the ledger, 1 to 64.</param>
    /// <param name="opening">Counts the openings of the process: one comes again only after 16,777,215 others.</param>
    public static PeerId Of(PeerId connection, byte channel, long opening) =>
        new(connection.Value & ConnectionMask | (long)channel << ChannelShift | (opening & OpeningMask) << OpeningShift);

    /// <summary>Returns the connection's own number.</summary>
    public static PeerId ConnectionOf(PeerId id) => new(id.Value & ConnectionMask);

    /// <summary>Returns the channel of the ledger whose number it is; 0 of a connection's own.</summary>
    public static byte ChannelOf(PeerId id) => (byte)(id.Value >> ChannelShift & ChannelMask);
}
