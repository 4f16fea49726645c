namespace Coniunctum.Node.Cli.Wallet;

/// <summary>A terminal at which a person types a secret that it does not show.</summary>
internal interface IPrompt
{
    /// <summary>Asks for a line; <c>null</c> when there is no terminal. The caller disposes it.</summary>
    Task<SecretText?> AskAsync(string question, CancellationToken cancellation);
}
