namespace Coniunctum.Consensus.Headers;

/// <summary>A head from elsewhere: a header with its seal, and its certificate where one came along. Nothing of it is judged.</summary>
/// <param name="Header">The header and its seal.</param>
/// <param name="Certificate">The certificate, or <c>null</c>.</param>
public sealed record ReceivedHead(HeaderView Header, ReadOnlyMemory<byte>? Certificate);
