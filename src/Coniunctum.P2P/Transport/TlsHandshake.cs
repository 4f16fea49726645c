using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coniunctum.Crypto.Internal;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// TLS 1.3 in which both sides prove their node keys: certificates on both sides, no resumption, no renegotiation, no downloads, no
/// server's name. Holds the certificate of this process.
/// </summary>
internal sealed class TlsHandshake : IDisposable
{
    /// <summary>The protocol's name in TLS (ALPN).</summary>
    public const string Protocol = "coniunctum/1";

    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;
    private readonly bool _allowTls12;

    public TlsHandshake(X509Certificate2 certificate, bool allowTls12)
    {
        _certificate = certificate;
        _context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        _allowTls12 = allowTls12;
    }

    // The certificate's key is one of ECDSA, so that what TLS 1.2 would agree on has forward secrecy too.
    private SslProtocols Versions => _allowTls12 ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.Tls13;

    public void Dispose() => _certificate.Dispose();

    public async ValueTask<Handshake> DialAsync(Stream stream, NodeId? expected, CancellationToken cancellation)
    {
        var remote = new RemoteCertificate(expected);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "",
            ClientCertificateContext = _context,
            RemoteCertificateValidationCallback = remote.Judge,
            ApplicationProtocols = [new SslApplicationProtocol(Protocol)],
            EnabledSslProtocols = Versions,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = NoChain(),
        };
        return await RunAsync(stream, remote, tls => tls.AuthenticateAsClientAsync(options, cancellation)).ConfigureAwait(false);
    }

    public async ValueTask<Handshake> AcceptAsync(Stream stream, CancellationToken cancellation)
    {
        var remote = new RemoteCertificate(expected: null);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _context,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = remote.Judge,
            ApplicationProtocols = [new SslApplicationProtocol(Protocol)],
            EnabledSslProtocols = Versions,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = NoChain(),
        };
        return await RunAsync(stream, remote, tls => tls.AuthenticateAsServerAsync(options, cancellation)).ConfigureAwait(false);
    }

    private static async ValueTask<Handshake> RunAsync(Stream stream, RemoteCertificate remote, Func<SslStream, Task> authenticate)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        Handshake outcome;
        try
        {
            await authenticate(tls).ConfigureAwait(false);
            outcome = tls.NegotiatedApplicationProtocol == new SslApplicationProtocol(Protocol) && remote.Fault == TransportFault.None
                ? new Handshake(TransportFault.None, tls, remote.Id, "")
                : Handshake.Failed(remote.Fault is TransportFault.None ? TransportFault.OtherProtocol : TransportFault.NoNodeKey);
        }
        catch (AuthenticationException exception)
        {
            outcome = Explain(exception, remote);
        }
        catch (IOException exception)
        {
            outcome = Handshake.Failed(TransportFault.Closed, PrintableText.Of(exception.Message));
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (outcome.Stream is null) await tls.DisposeAsync().ConfigureAwait(false);
        return outcome;
    }

    private static Handshake Explain(AuthenticationException exception, RemoteCertificate remote)
    {
        string detail = PrintableText.Of(exception.GetBaseException().Message);
        if (remote.Fault is not (TransportFault.Unchecked or TransportFault.None)) return new Handshake(remote.Fault, null, remote.Id, detail);
        // Only the alert's text tells, where the system gives one; elsewhere it is a handshake that failed.
        bool isAlpn = detail.Contains("no application protocol", StringComparison.OrdinalIgnoreCase);
        return Handshake.Failed(isAlpn ? TransportFault.OtherProtocol : TransportFault.HandshakeFailed, detail);
    }

    /// <summary>The system builds a chain before it asks us; it must neither fetch anything for it nor look at dates.</summary>
    private static X509ChainPolicy NoChain() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };

    /// <summary>Judges the other side's certificate, once in a handshake.</summary>
    private sealed class RemoteCertificate(NodeId? expected)
    {
        public TransportFault Fault { get; private set; }

        public NodeId? Id { get; private set; }

        public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            Fault = TransportFault.NoNodeKey;
            if (certificate is not X509Certificate2 full) return false;
            Fault = NodeCertificate.Read(full, out Coniunctum.Crypto.PublicKey key);
            if (Fault != TransportFault.None) return false;
            Id = NodeId.Of(key);
            if (expected is { } one && one != Id) Fault = TransportFault.OtherNode;
            return Fault == TransportFault.None;
        }
    }
}
