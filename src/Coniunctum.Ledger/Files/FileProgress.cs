namespace Coniunctum.Ledger.Files;

/// <summary>How far an export or an import has come.</summary>
/// <param name="Height">The height that was reached.</param>
/// <param name="Target">The height that is to be reached, or <c>null</c> where no one knows.</param>
public readonly record struct FileProgress(ulong Height, ulong? Target);
