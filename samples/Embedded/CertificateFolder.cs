using System.Buffers;
using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;

namespace Embedded;

/// <summary>What is handed to someone who has no ledger: a document, the header of a block, and what proves the one by the other.</summary>
internal sealed class CertificateFolder(string path)
{
    /// <summary>Writes the document, the header after which it is certified, the proof of that, and the receipt of the call.</summary>
    public async Task WriteAsync(LedgerHost ledger, byte[] document, Confirmation confirmed, CancellationToken cancellation)
    {
        TransactionReceipt receipt = await ledger.Transactions.FindReceiptAsync(confirmed.Transaction, cancellation)
            ?? throw new InvalidOperationException("The ledger has no such transaction.");
        StateReading state = ledger.Chain.StateAfter(confirmed.Block) ?? throw new InvalidOperationException("The state after that block is not kept any more.");
        StateProof proof = state.ProveEntry(CertificateRegistry.Number, Sha3_256.Hash(document).AsSpan());
        await WriteAsync("document.txt", document, cancellation);
        await WriteAsync("header.bin", Encode(receipt.Header, ledger.Profile), cancellation);
        await WriteAsync("proof.bin", proof.Encode(), cancellation);
        await WriteAsync("receipt.bin", receipt.Encode(ledger.Profile.Format), cancellation);
    }

    private static byte[] Encode(BlockHeader header, ChainProfile profile)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        profile.Format.Codec.WriteHeader(ref writer, header);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private Task WriteAsync(string name, byte[] bytes, CancellationToken cancellation) => File.WriteAllBytesAsync(Path.Combine(path, name), bytes, cancellation);
}
