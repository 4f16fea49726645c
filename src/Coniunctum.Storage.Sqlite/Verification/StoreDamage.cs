namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>A row that is not what was written.</summary>
/// <param name="Kind">What it holds; <see cref="RowKind.None"/> for the file's own structure.</param>
/// <param name="Height">The height of its block, or <c>null</c> where there is none.</param>
/// <param name="Detail">What is wrong, in words.</param>
/// <param name="Remedy">What can be done about it.</param>
public sealed record StoreDamage(RowKind Kind, ulong? Height, string Detail, DamageRemedy Remedy)
{
    /// <summary>Says it in one line.</summary>
    public override string ToString() => $"{Kind}{(Height is { } height ? $" at height {height}" : "")}: {Detail} ({Remedy})";
}
