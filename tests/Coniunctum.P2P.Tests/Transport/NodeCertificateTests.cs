using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Transport;

public sealed class NodeCertificateTests
{
    [Test]
    public void Create_ACertificate_ProvesItsNode()
    {
        using NodeKey key = TestKeys.Node(5);
        using X509Certificate2 certificate = NodeCertificate.Create(key);
        Assert.That(NodeCertificate.Read(certificate, out var read), Is.EqualTo(TransportFault.None));
        Assert.That(read, Is.EqualTo(key.PublicKey));
        X509Extension extension = certificate.Extensions.Single(one => one.Oid!.Value == "2.25.68494689581452736581218363443129973451");
        Assert.That(extension.Critical, Is.True);
        Assert.That(extension.RawData, Has.Length.EqualTo(133));
        Assert.That(extension.RawData[..4], Is.EqualTo(new byte[] { 0x04, 0x81, 0x82, 0x01 }));
    }

    [Test]
    public void Create_Twice_GivesTwoKeysOfTls()
    {
        using NodeKey key = TestKeys.Node(5);
        using X509Certificate2 one = NodeCertificate.Create(key);
        using X509Certificate2 other = NodeCertificate.Create(key);
        Assert.That(one.GetPublicKey(), Is.Not.EqualTo(other.GetPublicKey()));
    }

    /// <summary>The worked example of docs/PROTOCOL.md, "Network": node key 1, and P-256's generator as the ephemeral key.</summary>
    [Test]
    public void Bind_TheExampleOfThePage_IsWhatItSays()
    {
        const string subjectKeyInfo = "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
        using NodeKey key = TestKeys.Node(1);
        byte[] binding = NodeCertificate.Bind(key, Convert.FromHexString(subjectKeyInfo));
        string digest = NodeCertificate.DigestOf(Convert.FromHexString(subjectKeyInfo)).ToString();
        TestContext.Out.WriteLine(digest);
        TestContext.Out.WriteLine(Convert.ToHexStringLower(binding));
        TestContext.Out.WriteLine(key.Id);
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "PROTOCOL.md"));
        string[] shown = [subjectKeyInfo, digest, key.Id.ToString(), key.Id.Value.ToString(), Convert.ToHexStringLower(binding)];
        Assert.That(shown.Where(hex => !page.Contains(hex, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Read_WhatAnotherKeySigned_OrWasSignedForAnotherCertificate_IsRefused()
    {
        using NodeKey key = TestKeys.Node(5);
        using NodeKey other = TestKeys.Node(6);
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        byte[] claimed = NodeCertificate.Bind(other, ephemeral.ExportSubjectPublicKeyInfo());
        key.PublicKey.CopyTo(claimed.AsSpan(1));
        AssertRefused(ephemeral, claimed, TransportFault.NotSignedByNodeKey);

        byte[] copied = NodeCertificate.Bind(key, second.ExportSubjectPublicKeyInfo());
        AssertRefused(ephemeral, copied, TransportFault.NotSignedByNodeKey);
        AssertRefused(second, copied, TransportFault.None);
    }

    [TestCase("")]
    [TestCase("04")]
    [TestCase("0485")]
    [TestCase("048400000001")]
    [TestCase("3000")]
    [TestCase("0203010203")]
    [TestCase("2480040100")]
    public void Read_AnExtensionThatIsNoOctetString_IsAFaultAndNoException(string value)
    {
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", ephemeral, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension(NodeCertificate.ExtensionOid, Convert.FromHexString(value), critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        Assert.That(NodeCertificate.Read(certificate, out var read), Is.EqualTo(TransportFault.NoNodeKey));
        Assert.That(read.IsDefault);
    }

    [Test]
    public void Read_EveryBitOfTheBindingFlipped_IsRefused()
    {
        using NodeKey key = TestKeys.Node(5);
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] binding = NodeCertificate.Bind(key, ephemeral.ExportSubjectPublicKeyInfo());
        for (int bit = 0; bit < 8 * binding.Length; bit += bit < 8 ? 1 : 13)
        {
            binding[bit / 8] ^= (byte)(1 << (bit % 8));
            using X509Certificate2 certificate = NodeCertificate.Create(ephemeral, binding);
            Assert.That(NodeCertificate.Read(certificate, out var read), Is.AnyOf(TransportFault.NoNodeKey, TransportFault.NotSignedByNodeKey), $"bit {(uint)bit}");
            Assert.That(read.IsDefault);
            binding[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public void Read_WithoutTheExtension_OrNotCritical_OrOfAnotherLength_NamesNoNodeKey()
    {
        using NodeKey key = TestKeys.Node(5);
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] binding = NodeCertificate.Bind(key, ephemeral.ExportSubjectPublicKeyInfo());
        AssertRefused(ephemeral, binding[..^1], TransportFault.NoNodeKey);
        AssertRefused(ephemeral, [.. binding, 0], TransportFault.NoNodeKey);
        AssertRefused(ephemeral, [], TransportFault.NoNodeKey);

        var request = new CertificateRequest("CN=coniunctum", ephemeral, HashAlgorithmName.SHA256);
        using X509Certificate2 bare = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.That(NodeCertificate.Read(bare, out _), Is.EqualTo(TransportFault.NoNodeKey));

        request.CertificateExtensions.Add(new X509Extension(NodeCertificate.ExtensionOid, [0x04, 0x81, 0x82, .. binding], critical: false));
        using X509Certificate2 notCritical = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.That(NodeCertificate.Read(notCritical, out _), Is.EqualTo(TransportFault.NoNodeKey));
    }

    [Test]
    public void Read_ACertificateOfAnotherCurve_NamesNoNodeKey()
    {
        using NodeKey key = TestKeys.Node(5);
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        AssertRefused(ephemeral, NodeCertificate.Bind(key, ephemeral.ExportSubjectPublicKeyInfo()), TransportFault.NoNodeKey);
    }

    private static void AssertRefused(ECDsa ephemeral, byte[] binding, TransportFault expected)
    {
        using X509Certificate2 certificate = NodeCertificate.Create(ephemeral, binding);
        Assert.That(NodeCertificate.Read(certificate, out _), Is.EqualTo(expected));
    }
}
