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
    // What LedgerBuilder draws once, and what `dev` was asked for; or a network's profile.
    private static readonly string[] s_dev = ["genesis", "dev"];
    private static readonly string[] s_network = [ChainOfFile.Record];

    public static byte[] Of(IChainReader store) => JsonSerializer.SerializeToUtf8Bytes(
        new ChainNote(s_dev.Concat(s_network).Select(key => (key, value: store.ReadRecord(key)))
            .Where(record => record.value is not null)
            .ToDictionary(record => record.key, record => record.value!.Value.ToArray(), StringComparer.Ordinal)),
        RecordsJson.Default.ChainNote);

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

        string[] keys = read?.Records?.ContainsKey(ChainOfFile.Record) == true ? s_network : s_dev;
        if (read?.Records is not { } records || !keys.All(records.ContainsKey))
            throw new BadInputException("The file does not say what its chain begins with.");
        store.Commit(new StoreBatch { Records = [.. keys.Select(key => new StoreBatch.Record(key, records[key]))] });
    }
}
