namespace Coniunctum.Node.Cli;

/// <summary>What was given cannot be used. Shown as one line, without a stack trace.</summary>
/// <param name="message">What was wrong, and what was expected.</param>
internal sealed class BadInputException(string message) : Exception(message);
