namespace Coniunctum.Client.Models;

/// <summary>How a running ledger is, and what its program says of itself. Amounts are decimal text, ids hexadecimal, addresses in the network's own form.</summary>
/// <param name="Kind">What the program is: <c>node</c>, <c>dev</c>, or a name of its own.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Process">The process's number; <c>null</c> where the program does not say.</param>
/// <param name="Network">The profile's name.</param>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="Rule">The consensus rule that the tip is under.</param>
/// <param name="Height">The height of the last durable block.</param>
/// <param name="Tip">That block's id.</param>
/// <param name="FinalHeight">The height up to which nothing can change any more.</param>
/// <param name="Supply">Base units in existence.</param>
/// <param name="ScheduledSupply">Base units that genesis and all subsidies up to the height make: the same, or something is broken.</param>
/// <param name="Pool">Transactions ready for the next block.</param>
/// <param name="Waiting">Transactions that wait for a balance or for their window.</param>
/// <param name="Production">Whether a block is being made here, as a code.</param>
/// <param name="ProductionReason">What is being done, or waited for, for people.</param>
/// <param name="Role">What a node does; <c>null</c> where the program does not say.</param>
/// <param name="Data">Where the ledger is kept; <c>null</c> in memory, and where the program does not say.</param>
/// <param name="Account">The program's own account; <c>null</c> for none.</param>
/// <param name="Seed">What the accounts of a development chain follow from, as decimal text; <c>null</c> for others.</param>
/// <param name="NodeId">What other nodes know this one by; <c>null</c> without a network.</param>
/// <param name="Addresses">Where it listens for other nodes.</param>
/// <param name="Peers">Connections with nodes that have the chain too.</param>
/// <param name="Synchronizing">Whether it is being brought up to another node's chain.</param>
/// <param name="Synchronized">Whether it has all that its peers have claimed.</param>
/// <param name="PeersHeight">The greatest height that a peer has claimed.</param>
/// <param name="IndexedHeight">The height up to which history is known; <c>null</c> where none is kept.</param>
/// <param name="Hashes">Nonces tried since the start, as decimal text; its growth over time is the hash rate.</param>
/// <param name="Halted">Why nothing is accepted any more; <c>null</c> while the ledger works.</param>
/// <param name="AddressPrefix">What the network's addresses begin with, before the digit 1.</param>
/// <param name="BlockIntervalMs">The intended time between blocks, in milliseconds.</param>
/// <param name="TakesTransactions">Whether transactions may be submitted where this was read.</param>
/// <remarks>May change in any release.</remarks>
public sealed record StatusModel(
    string Kind, string Version, int? Process, string Network, string ChainId, string Rule, ulong Height, string Tip, ulong FinalHeight, string Supply,
    string ScheduledSupply, int Pool, int Waiting, string Production, string ProductionReason, string? Role, string? Data, string? Account, string? Seed,
    string? NodeId, IReadOnlyList<string> Addresses, int Peers, bool Synchronizing, bool Synchronized, ulong PeersHeight, ulong? IndexedHeight,
    string Hashes, string? Halted, string AddressPrefix, long BlockIntervalMs, bool TakesTransactions);
