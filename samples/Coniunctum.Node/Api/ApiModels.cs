namespace Coniunctum.Node.Api;

/// <summary>What is served of a running ledger. Amounts are decimal text, ids hexadecimal, addresses in the network's own form.</summary>
/// <param name="Kind">node or dev.</param>
/// <param name="Version">The program's.</param>
/// <param name="Process">The process's number.</param>
/// <param name="Network">The profile's name.</param>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="Rule">The consensus rule.</param>
/// <param name="Height">Of the last durable block.</param>
/// <param name="Tip">That block.</param>
/// <param name="FinalHeight">Up to which nothing can change any more.</param>
/// <param name="Supply">Base units in existence.</param>
/// <param name="ScheduledSupply">Base units that genesis and all subsidies up to the height make: the same, or something is broken.</param>
/// <param name="Pool">Transactions ready for the next block.</param>
/// <param name="Waiting">Transactions that wait for a balance or their window.</param>
/// <param name="Production">Whether a block is being made here.</param>
/// <param name="ProductionReason">What is being done, or waited for.</param>
/// <param name="Role">What a node does; <c>null</c> of a development chain.</param>
/// <param name="Data">Where it is kept; <c>null</c> in memory.</param>
/// <param name="Account">The node's own account, or the first one of a development chain.</param>
/// <param name="Seed">What the accounts of a development chain follow from.</param>
/// <param name="NodeId">What others know the node by; <c>null</c> without a network.</param>
/// <param name="Addresses">Where it listens.</param>
/// <param name="Peers">Connections.</param>
/// <param name="Synchronizing">Whether it is being brought up to another's chain.</param>
/// <param name="Synchronized">Whether it has all that its peers have claimed.</param>
/// <param name="PeersHeight">The greatest height that a peer has claimed.</param>
/// <param name="IndexedHeight">Up to where history is known.</param>
/// <param name="Hashes">Nonces tried since the start.</param>
/// <param name="Halted">Why nothing is accepted any more, or <c>null</c>.</param>
internal sealed record StatusModel(
    string Kind, string Version, int Process, string Network, string ChainId, string Rule, ulong Height, string Tip, ulong FinalHeight, string Supply, string ScheduledSupply, int Pool,
    int Waiting, string Production, string ProductionReason, string? Role, string? Data, string? Account, string? Seed, string? NodeId, IReadOnlyList<string> Addresses, int Peers,
    bool Synchronizing, bool Synchronized, ulong PeersHeight, ulong? IndexedHeight, string Hashes, string? Halted);

/// <summary>The chain's profile, as its file has it.</summary>
/// <param name="Profile">The text.</param>
internal sealed record ProfileModel(string Profile);

/// <summary>Connections, and what was dialled in vain.</summary>
/// <param name="Peers">The connections.</param>
/// <param name="Failures">What is not connected, and why.</param>
/// <param name="LastFailure">Why the last synchronisation that came to nothing did.</param>
internal sealed record PeersModel(IReadOnlyList<PeerModel> Peers, IReadOnlyList<FailureModel> Failures, string? LastFailure);

/// <summary>A connection.</summary>
/// <param name="Id">Which node it is; <c>null</c> until it has said so.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="Outbound">Whether this node dialled it.</param>
/// <param name="HasLedger">Whether it has the chain too.</param>
/// <param name="Height">What it has claimed last.</param>
/// <param name="BytesReceived">Bytes that have come.</param>
/// <param name="BytesSent">Bytes that were sent.</param>
internal sealed record PeerModel(string? Id, string Endpoint, bool Outbound, bool HasLedger, ulong Height, long BytesReceived, long BytesSent);

/// <summary>A node that was dialled in vain.</summary>
/// <param name="Endpoint">What was dialled.</param>
/// <param name="Message">Why.</param>
internal sealed record FailureModel(string Endpoint, string Message);

/// <summary>A block.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Previous">The block before it.</param>
/// <param name="Time">When it says that it was made, in milliseconds of Unix time.</param>
/// <param name="Target">What its proof is below; zeros where there is none.</param>
/// <param name="Nonce">Its nonce, as decimal text.</param>
/// <param name="MerkleRoot">Of its transactions.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Confirmations">Blocks that confirm it, itself included; 0 beside the best chain.</param>
/// <param name="Transactions">What it holds.</param>
internal sealed record BlockModel(
    ulong Height, string Id, string Previous, ulong Time, string Target, string Nonce, string MerkleRoot, int Bytes, ulong Confirmations, IReadOnlyList<TransactionModel> Transactions);

/// <summary>A transaction.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="State">confirmed, ready or waiting.</param>
/// <param name="Block">The block that holds it.</param>
/// <param name="Height">That block's height.</param>
/// <param name="Confirmations">Blocks that confirm it.</param>
/// <param name="From">Who pays; <c>null</c> in rewards and in genesis.</param>
/// <param name="To">Who is paid.</param>
/// <param name="Amount">Base units that move.</param>
/// <param name="Fee">Base units for the block's producer.</param>
internal sealed record TransactionModel(string Id, string State, string? Block, ulong? Height, ulong Confirmations, string? From, string To, string Amount, string Fee);

/// <summary>What an address owns.</summary>
/// <param name="Address">The address.</param>
/// <param name="Balance">Base units.</param>
/// <param name="Spendable">Those that may be spent now: rewards mature first.</param>
/// <param name="Height">The block after which that is so.</param>
internal sealed record AddressModel(string Address, string Balance, string Spendable, ulong Height);

/// <summary>A page of what an address has sent and received, the newest first.</summary>
/// <param name="Address">The address.</param>
/// <param name="IndexedHeight">Up to where history is known.</param>
/// <param name="Transactions">The page.</param>
/// <param name="Next">What asks for the next page as <c>after</c>; <c>null</c> at the end.</param>
internal sealed record HistoryModel(string Address, ulong? IndexedHeight, IReadOnlyList<TransactionModel> Transactions, string? Next);

/// <summary>What waits for a block.</summary>
/// <param name="Ready">Transactions for the next block that has room.</param>
/// <param name="Waiting">Transactions that wait for a balance or for their window.</param>
internal sealed record PoolModel(int Ready, int Waiting);

/// <summary>What became of a transaction that was submitted.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Accepted">Whether it is in the pool.</param>
/// <param name="Waiting">Whether it waits there for a balance or for its window.</param>
/// <param name="Rule">The rule that keeps it out, or None.</param>
/// <param name="Message">One line for people.</param>
internal sealed record SubmittedModel(string Id, bool Accepted, bool Waiting, string Rule, string Message);

/// <summary>A change of the best chain.</summary>
/// <param name="Event">block, or disconnected.</param>
/// <param name="Height">The block's height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="At">When this node had it durably, in milliseconds of Unix time by its clock.</param>
/// <param name="Transactions">The ids of what it holds, the reward first.</param>
internal sealed record ChangeModel(string Event, ulong Height, string Id, long At, IReadOnlyList<string> Transactions);

/// <summary>Why nothing is answered.</summary>
/// <param name="Error">One line for people.</param>
internal sealed record ErrorModel(string Error);
