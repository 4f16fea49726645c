namespace Coniunctum.Client.Models;

/// <summary>The chain's profile, as its file has it.</summary>
/// <param name="Profile">The text, which <see cref="ProfileFile.Read"/> reads.</param>
/// <remarks>May change in any release.</remarks>
public sealed record ProfileModel(string Profile);
