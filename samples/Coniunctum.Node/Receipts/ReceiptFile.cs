using System.Text.Json;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Receipts;

/// <summary>A receipt of a transaction in a file, with the profile of its chain, so that it is verified where nothing else is at hand.</summary>
/// <param name="Profile">The chain's profile.</param>
/// <param name="Receipt">The receipt. It still has to be verified.</param>
internal sealed record ReceiptFile(ChainProfile Profile, TransactionReceipt Receipt)
{
    private const int Version = 1;

    // A profile of the greatest length, and a certificate of the greatest one, twice over.
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>Writes it into a new file.</summary>
    /// <exception cref="BadInputException">It cannot be written, or the name is taken.</exception>
    public void Save(string path)
    {
        var note = new ReceiptNote(Version, ProfileFile.Write(Profile).TrimEnd(), Convert.ToHexStringLower(Receipt.Encode(Profile.Format)));
        byte[] content = [.. JsonSerializer.SerializeToUtf8Bytes(note, ReceiptJson.Default.ReceiptNote), (byte)'\n'];
        PathInput.Trying($"{Quoted.Of(path)} cannot be written", path, () =>
        {
            if (!DurableFile.TryWrite(path, content)) throw new BadInputException($"{Quoted.Of(path)} is there already; expected a new file.");
        });
    }

    /// <summary>Reads a file that came from anywhere.</summary>
    /// <exception cref="BadInputException">It holds no receipt; the message says why.</exception>
    public static ReceiptFile Read(string path)
    {
        ReceiptNote note = ReadNote(path);
        if (note.Version != Version) throw new BadInputException(Invariant($"{Quoted.Of(path)} is a receipt of version {note.Version}; this program reads version {Version}."));
        ProfileOutcome profile = ProfileFile.Read(note.Profile);
        if (profile.Profile is null) throw new BadInputException($"{Quoted.Of(path)}: the profile of its chain: {profile.Message}");
        bool isHex = note.Receipt.Length % 2 == 0 && note.Receipt.All(char.IsAsciiHexDigit);
        if (!isHex) throw new BadInputException($"{Quoted.Of(path)}: its receipt is not written in hexadecimal digits, two for each byte.");
        DecodeOutcome outcome = TransactionReceipt.Decode(Convert.FromHexString(note.Receipt), profile.Profile, out TransactionReceipt? receipt);
        if (receipt is null) throw new BadInputException($"{Quoted.Of(path)}: its receipt cannot be read. {outcome.Message}");
        return receipt.ChainId == profile.ChainId
            ? new ReceiptFile(profile.Profile, receipt)
            : throw new BadInputException($"{Quoted.Of(path)}: its receipt is of chain {receipt.ChainId}, the profile beside it of {profile.ChainId}.");
    }

    private static ReceiptNote ReadNote(string path)
    {
        using FileStream file = PathInput.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] bytes = new byte[MostBytes + 1];
        int length = PathInput.Trying($"{Quoted.Of(path)} cannot be read", path, () => file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (length > MostBytes) throw new BadInputException(Invariant($"{Quoted.Of(path)} is longer than {MostBytes} bytes, which no receipt is."));
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), ReceiptJson.Default.ReceiptNote) ?? throw NoReceipt(path);
        }
        catch (JsonException)
        {
            throw NoReceipt(path);
        }
    }

    private static BadInputException NoReceipt(string path) =>
        new($"{Quoted.Of(path)} holds no receipt; expected a file that 'coniunctum tx receipt' wrote.");
}
