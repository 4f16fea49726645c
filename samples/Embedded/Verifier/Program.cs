using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;
using Embedded;

// EmbeddedVerifier FOLDER: says whether the document in the folder is certified. It starts no ledger and asks no one: all that it trusts
// is the header. Where that comes from is the reader's choice: printed with the document, asked of several nodes, or of a chain of headers.
if (args.Length != 1 || !Directory.Exists(args[0]))
{
    Console.Error.WriteLine("EmbeddedVerifier FOLDER: the folder that the service has written.");
    return 2;
}

ChainProfile profile = Profiles.Development with { Applications = [new CertificateRegistry()] };
Hash256 document = Sha3_256.Hash(Read("document.txt"));
var reader = new CanonicalReader(Read("header.bin"));
BlockHeader header = profile.Format.Codec.ReadHeader(ref reader);
if (!reader.End().IsValid) return Refuse("header.bin holds no header");
var block = new BlockId(profile.Format.Digest(header));

// What stands in the registry after that block: a few hashes from the entry to the header's state root.
if (!StateProof.Decode(Read("proof.bin"), profile.Limits, out StateProof? proof).IsValid) return Refuse("proof.bin holds no proof");
ProofOutcome outcome = StateProof.VerifyEntry(proof!, header.StateRoot, CertificateRegistry.Number, document.AsSpan(), out ReadOnlyMemory<byte> entry);
if (outcome != ProofOutcome.Present || Certificate.Parse(entry) is not { } certificate) return Refuse($"the proof does not show that the document is certified ({outcome})");
if (certificate.RevokedAt > 0) return Refuse("the certificate is revoked");

// Who asked for it, in which block, under whose signature: a few hashes from the call to the header's Merkle root.
if (!TransactionReceipt.Decode(Read("receipt.bin"), profile, out TransactionReceipt? receipt).IsValid) return Refuse("receipt.bin holds no receipt");
if (receipt!.Block != block || !receipt.Verify(profile)) return Refuse("the receipt is not of this block");
if (!Call.Read(receipt.Transaction, out Call? call).IsValid || call is null || !call.Data.Span.SequenceEqual(CertificateRegistry.Issue(document))) return Refuse("the receipt is another call's");
if (call.Sender != certificate.Issuer || header.Height != certificate.IssuedAt) return Refuse("the receipt and the proof contradict each other");

Console.WriteLine(Invariant($"The document was certified in block {header.Height}, and the call for it is signed by the issuer's key."));
return 0;

byte[] Read(string name) => File.ReadAllBytes(Path.Combine(args[0], name));

static int Refuse(string reason)
{
    Console.WriteLine($"Not certified: {reason}.");
    return 1;
}
