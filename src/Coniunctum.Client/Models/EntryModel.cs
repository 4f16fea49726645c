namespace Coniunctum.Client.Models;

/// <summary>What stands under a key of an application.</summary>
/// <param name="Application">The application's number.</param>
/// <param name="Key">The key, hexadecimal.</param>
/// <param name="Value">The value, hexadecimal; <c>null</c> where nothing stands there.</param>
/// <param name="Height">The height of the block after which that is so.</param>
/// <remarks>May change in any release.</remarks>
public sealed record EntryModel(uint Application, string Key, string? Value, ulong Height);
