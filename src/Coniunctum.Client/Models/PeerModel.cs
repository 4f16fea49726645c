namespace Coniunctum.Client.Models;

/// <summary>A connection with another node.</summary>
/// <param name="Id">Which node it is; <c>null</c> until it has said so.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="Outbound">Whether this node dialled it.</param>
/// <param name="HasLedger">Whether it has the chain too.</param>
/// <param name="Height">The height that it has claimed last.</param>
/// <param name="BytesReceived">Bytes that have come.</param>
/// <param name="BytesSent">Bytes that were sent.</param>
/// <remarks>May change in any release.</remarks>
public sealed record PeerModel(string? Id, string Endpoint, bool Outbound, bool HasLedger, ulong Height, long BytesReceived, long BytesSent);
