namespace Coniunctum.Node.Api;

/// <summary>A request that is not answered.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One line for people.</param>
internal sealed class ApiFault(int status, string message) : Exception(message)
{
    public int Status => status;
}
