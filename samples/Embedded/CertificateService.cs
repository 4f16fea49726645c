using System.Text;
using Coniunctum;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Microsoft.Extensions.Hosting;

namespace Embedded;

/// <summary>The service: certifies a document, is refused a second time, and hands out what proves it. One that runs for years would take orders instead.</summary>
internal sealed class CertificateService(LedgerHost ledger, PrivateKey key, CertificateFolder folder, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Each run has a document of its own, since the ledger goes on where the last one stopped.
            byte[] document = Encoding.UTF8.GetBytes(Invariant($"Calibration {ledger.Tip.Header.Height + 1}: the scale shows 1.000 kg for 1 kg.\n"));
            Hash256 digest = Sha3_256.Hash(document);
            Confirmation issued = await CallAsync("certify the document", CertificateRegistry.Issue(digest), stoppingToken);
            await folder.WriteAsync(ledger, document, issued, stoppingToken);
            await CallAsync("certify it again", CertificateRegistry.Issue(digest), stoppingToken);

            Hash256 draft = Sha3_256.Hash([.. document, .. "draft"u8]);
            await CallAsync("certify a draft", CertificateRegistry.Issue(draft), stoppingToken);
            await CallAsync("take it back", CertificateRegistry.Revoke(draft), stoppingToken);
            Console.WriteLine("document.txt, header.bin, proof.bin and receipt.bin are for others to check.");
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task<Confirmation> CallAsync(string what, byte[] data, CancellationToken cancellation)
    {
        Transaction call = Transfer.SignCall(key, CertificateRegistry.Number, data, ledger.Context);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(call, cancellation: cancellation);
        Console.WriteLine($"{what}: {(confirmation.Refusal is { } why ? $"refused, {why}" : "done")}");
        return confirmation;
    }
}
