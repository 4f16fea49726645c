namespace Coniunctum.Client.Models;

/// <summary>What an address owns.</summary>
/// <param name="Address">The address.</param>
/// <param name="Balance">Base units.</param>
/// <param name="Spendable">Those that may be spent now: rewards mature first.</param>
/// <param name="Height">The height of the block after which that is so.</param>
/// <remarks>May change in any release.</remarks>
public sealed record AddressModel(string Address, string Balance, string Spendable, ulong Height);
