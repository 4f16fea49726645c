namespace Coniunctum.Client;

/// <summary>The routes of a ledger's HTTP API. The one list: what serves a ledger and what asks it are made from it.</summary>
/// <remarks>May change in any release.</remarks>
public static class LedgerRoutes
{
    /// <summary>What all routes begin with.</summary>
    public const string Root = "/api/v1";

    private const string Get = "GET";

    /// <summary>How the ledger is.</summary>
    public static LedgerRoute Status { get; } = new(Get, "/status", "How the ledger is: chain, height, tip, supply, pool, production, network.");

    /// <summary>The chain's profile.</summary>
    public static LedgerRoute Profile { get; } = new(Get, "/profile", "The chain's profile, as its file has it.");

    /// <summary>The connections with other nodes.</summary>
    public static LedgerRoute Peers { get; } = new(Get, "/peers", "Connections with other nodes, and what was dialled in vain.");

    /// <summary>The pool.</summary>
    public static LedgerRoute Pool { get; } = new(Get, "/pool", "How many transactions wait for a block, and the first of them (limit: 0 to 100, 0 if omitted).", "limit");

    /// <summary>Pages of blocks, downwards.</summary>
    public static LedgerRoute Blocks { get; } = new(
        Get, "/blocks", "Blocks of the best chain without their transactions, the newest first, from a height downwards (to: a height, the tip's if omitted; count: 1 to 100, 20 if omitted).", "to", "count");

    /// <summary>One block.</summary>
    public static LedgerRoute Block { get; } = new(Get, "/blocks/{block}", "A block with its transactions, by its height, its id, or the word tip.");

    /// <summary>Pages of headers, upwards.</summary>
    public static LedgerRoute Headers { get; } = new(
        Get, "/headers", "Headers of the best chain, the oldest first, from a height upwards (from: a height, 0 if omitted; count: 1 to 1000, 100 if omitted).", "from", "count");

    /// <summary>Branches beside the best chain.</summary>
    public static LedgerRoute Forks { get; } = new(Get, "/forks", "The heads of branches beside the best chain, and where they leave it; at most 100, the highest first.");

    /// <summary>One transaction.</summary>
    public static LedgerRoute Transaction { get; } = new(Get, "/transactions/{id}", "A transaction that is in the pool, or in the chain as far as it is indexed.");

    /// <summary>A proof that a transaction is in a block.</summary>
    public static LedgerRoute TransactionProof { get; } = new(Get, "/transactions/{id}/proof", "A proof that a transaction is in a block of the best chain.");

    /// <summary>A receipt of a transaction.</summary>
    public static LedgerRoute TransactionReceipt { get; } = new(Get, "/transactions/{id}/receipt", "A receipt of a transaction of the best chain: what shows to someone without a ledger that a block holds it.");

    /// <summary>What an address owns.</summary>
    public static LedgerRoute Address { get; } = new(Get, "/addresses/{address}", "What an address owns.");

    /// <summary>Pages of an address's history.</summary>
    public static LedgerRoute History { get; } = new(
        Get, "/addresses/{address}/transactions", "What an address has sent and received, the newest first (limit: 1 to 1000, 20 if omitted; after: what the page before gave as next).", "limit", "after");

    /// <summary>A proof of what an address owns.</summary>
    public static LedgerRoute AddressProof { get; } = new(Get, "/addresses/{address}/proof", "A proof of what an address owns, or that it owns nothing.");

    /// <summary>What stands under a key of an application.</summary>
    public static LedgerRoute Entry { get; } = new(Get, "/entries/{application}/{key}", "What stands under a key of an application; the key in hexadecimal digits.");

    /// <summary>A proof of what stands under a key of an application.</summary>
    public static LedgerRoute EntryProof { get; } = new(Get, "/entries/{application}/{key}/proof", "A proof of what stands under a key of an application, or that nothing does.");

    /// <summary>Changes of the best chain.</summary>
    public static LedgerRoute Events { get; } = new(
        Get, "/events", "Each change of the best chain as a server-sent event (block, disconnected, final), from now on or behind a cursor (the header Last-Event-ID, or after).", "after");

    /// <summary>Submitting.</summary>
    public static LedgerRoute Submit { get; } = new("POST", "/transactions", "Gives the pool a transaction: its canonical encoding as application/octet-stream. Only where the server's options allow it.");

    /// <summary>All routes.</summary>
    public static IReadOnlyList<LedgerRoute> All { get; } =
    [
        Status, Profile, Peers, Pool, Blocks, Block, Headers, Forks, Transaction, TransactionProof, TransactionReceipt, Address, History, AddressProof, Entry, EntryProof, Events, Submit,
    ];
}
