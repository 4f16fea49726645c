using System.Text.Json;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>
/// What an exported file says of its chain, so that a program that has never seen the chain can begin it: everything that an
/// empty store needs to know, as its records.
/// </summary>
internal sealed record ChainNote(IReadOnlyDictionary<string, byte[]> Records)
{
    // Files of blocks and of states have room for so much.
    private const int MostBytes = 64 * 1024;

    // The chain's profile; before profiles were kept, what LedgerBuilder drew. What `dev` was asked for is there on its chains only.
    private const string Genesis = "genesis";
    private static readonly string[] s_keys = [StoredProfile.RecordName, Genesis, DevSettings.RecordName];

    /// <summary>Returns what a file is to say of a store's chain.</summary>
    /// <exception cref="BadInputException">The chain begins with more than a file has room for.</exception>
    public static byte[] Of(IChainReader store)
    {
        byte[] note = JsonSerializer.SerializeToUtf8Bytes(
            new ChainNote(s_keys.Select(key => (key, value: store.ReadRecord(key)))
                .Where(record => record.value is not null)
                .ToDictionary(record => record.key, record => record.value!.Value.ToArray(), StringComparer.Ordinal)),
            RecordsJson.Default.ChainNote);
        if (note.Length <= MostBytes) return note;
        throw new BadInputException(Invariant($"What the chain begins with takes {note.Length} bytes, most of them its genesis' allocations, and a file has room for {MostBytes}: 'coniunctum db backup' copies it."));
    }

    /// <summary>Lets an empty store begin the chain that a file holds.</summary>
    /// <exception cref="BadInputException">The note says nothing of the sort.</exception>
    public static void Begin(IChainStore store, ReadOnlySpan<byte> note)
    {
        ChainNote? read;
        try
        {
            read = JsonSerializer.Deserialize(note, RecordsJson.Default.ChainNote);
        }
        catch (JsonException exception)
        {
            throw new BadInputException($"The file does not say what its chain begins with: {exception.Message}");
        }

        if (read?.Records is not { } records
            || !(records.ContainsKey(StoredProfile.RecordName) || (records.ContainsKey(Genesis) && records.ContainsKey(DevSettings.RecordName))))
        {
            throw new BadInputException("The file does not say what its chain begins with.");
        }

        store.Commit(new StoreBatch { Records = [.. s_keys.Where(records.ContainsKey).Select(key => new StoreBatch.Record(key, records[key]))] });
    }
}
