namespace Coniunctum.Wallet;

/// <summary>One file of a <see cref="KeyStore"/>.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="Outcome">What was wrong with the file, or that nothing was.</param>
/// <param name="File">The file, or <c>null</c> when there is a fault.</param>
public sealed record KeyStoreEntry(string Name, KeyFileOutcome Outcome, KeyFile? File);
