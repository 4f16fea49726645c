namespace Coniunctum.Consensus.Node;

/// <summary>Where a producer's records lie in the node's store: in a scope of their own, apart from the ledger's.</summary>
internal static class ProducerRecords
{
    private const string Scope = "producer/";

    // Where records lie that the ledger comes to keep.
    private const string LedgerScope = "ledger/";

    // The ledger's records that are older than scopes, and what the `coniunctum` program keeps beside them.
    private static readonly string[] s_ledgers = ["tag key", "genesis", "parameters", "pool", "import", "upgrade.unknown", "dev"];

    /// <summary>Returns a record's name in the store.</summary>
    public static string NameOf(RecordKey key) => Scope + key.Scope + key.Name;

    /// <summary>
    /// Reads a record. Producers kept theirs under the bare name before there were scopes; what one has signed and is bound to must
    /// outlast the change. Such a name is no other than it was then, and never one of the ledger's.
    /// </summary>
    /// <param name="read">Reads the store, by the names there.</param>
    /// <param name="key">The record.</param>
    public static ReadOnlyMemory<byte>? Read(Func<RecordKey, ReadOnlyMemory<byte>?> read, RecordKey key) =>
        read(new RecordKey(NameOf(key))) ?? (MayBeAProducers(key.Name) ? read(new RecordKey(key.Name)) : null);

    private static bool MayBeAProducers(string name) => !s_ledgers.Contains(name, StringComparer.Ordinal)
        && !name.StartsWith(Scope, StringComparison.Ordinal) && !name.StartsWith(LedgerScope, StringComparison.Ordinal);
}
