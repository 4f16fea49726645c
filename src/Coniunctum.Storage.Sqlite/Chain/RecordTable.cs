using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>The records of the node and of its consensus rule, by key.</summary>
internal sealed class RecordTable(Database database)
{
    private readonly Statement _read = database.Prepare("SELECT content, checksum FROM records WHERE key = ?1");
    private readonly Statement _write = database.Prepare("INSERT OR REPLACE INTO records (key, content, checksum) VALUES (?1, ?2, ?3)");

    /// <summary>Reads a record; <c>null</c> when there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public ReadOnlyMemory<byte>? Read(string key)
    {
        if (!_read.Bind(1, key).TryFirst(static found => (Content: found.Bytes(0).ToArray(), Checksum: found.UInt64(1)), out (byte[] Content, ulong Checksum) record))
            return null;
        return record.Checksum == Checksum(key, record.Content) ? record.Content : throw Damage.Of(RowKind.Record, key);
    }

    public void Write(string key, ReadOnlySpan<byte> content) => _write.Bind(1, key).Bind(2, content).Bind(3, Checksum(key, content)).Execute();

    public IReadOnlyList<string> Keys()
    {
        List<string> keys = [];
        database.Query("SELECT key FROM records ORDER BY key", row => keys.Add(row.Text(0)));
        return keys;
    }

    private static ulong Checksum(string key, ReadOnlySpan<byte> content)
    {
        var checksum = new RowChecksum(RowKind.Record, 0);
        checksum.Add(key);
        checksum.Add(content);
        return checksum.Value;
    }
}
