namespace Coniunctum.Node.Cli;

/// <summary>Someone ended the command before it was done.</summary>
/// <param name="remains">What that leaves, as the end of a sentence; <c>null</c> where nothing is to be said.</param>
internal sealed class InterruptedException(string? remains = null)
    : OperationCanceledException(remains is null ? "Interrupted." : $"Interrupted; {remains}.")
{
    /// <summary>Whether it says what remains.</summary>
    public bool HasRemains => remains is not null;
}
