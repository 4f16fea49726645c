using System.ComponentModel;
using System.Diagnostics;

namespace Coniunctum.Wallet.Tests;

/// <summary>Keys that the command <c>openssl</c> makes now, in every form that it writes. Skipped where there is no such command.</summary>
public sealed class OpenSslKeyTests
{
    private const int Keys = 3;

    [Test]
    public async Task Read_FreshKeys_HaveThePublicKeyThatOpenSslDerives()
    {
        for (int i = 0; i < Keys; i++)
        {
            byte[] pem = await OpenSslAsync([], "ecparam", "-name", "secp256k1", "-genkey");
            byte[] expected = (await OpenSslAsync(pem, "ec", "-pubout", "-outform", "DER"))[^PublicKey.Size..];
            foreach (byte[] form in (byte[][])
            [
                pem,
                await OpenSslAsync(pem, "ec"),
                await OpenSslAsync(pem, "ec", "-conv_form", "compressed"),
                await OpenSslAsync(pem, "ec", "-no_public"),
                await OpenSslAsync(pem, "pkcs8", "-topk8", "-nocrypt"),
            ])
            {
                KeyPemOutcome outcome = KeyPem.Read(form, out PrivateKey? key);
                Assert.That(outcome.Fault, Is.EqualTo(KeyPemFault.None), outcome.Message);
                using (key) Assert.That(key!.PublicKey.AsSpan().ToArray(), Is.EqualTo(expected));
            }
        }
    }

    [Test]
    public async Task Read_WhatTheRefusalsAdvise_GivesTheKey()
    {
        byte[] plain = await OpenSslAsync([], "ecparam", "-name", "secp256k1", "-genkey", "-noout");
        byte[] encrypted = await OpenSslAsync(plain, "pkcs8", "-topk8", "-passout", "pass:harbour");
        byte[] withHeaders = await OpenSslAsync(plain, "ec", "-aes256", "-passout", "pass:harbour");
        byte[] inNumbers = await OpenSslAsync(plain, "ec", "-param_enc", "explicit");
        Assert.That(
            new[] { encrypted, withHeaders, inNumbers }.Select(pem => KeyPem.Read(pem, out _).Fault),
            Is.EqualTo(new[] { KeyPemFault.Encrypted, KeyPemFault.Encrypted, KeyPemFault.ExplicitCurve }));

        Assert.That(KeyPem.TryParse(await OpenSslAsync(encrypted, "pkey", "-passin", "pass:harbour"), out PrivateKey? first), Is.True);
        Assert.That(KeyPem.TryParse(await OpenSslAsync(withHeaders, "pkey", "-passin", "pass:harbour"), out PrivateKey? second), Is.True);
        Assert.That(KeyPem.TryParse(await OpenSslAsync(inNumbers, "ec", "-param_enc", "named_curve"), out PrivateKey? third), Is.True);
        using (first)
        using (second)
        using (third)
            Assert.That(new[] { second!.PublicKey, third!.PublicKey }, Is.All.EqualTo(first!.PublicKey));
    }

    private static async Task<byte[]> OpenSslAsync(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
            using var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output);
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException(await errors);
        }
        catch (Win32Exception)
        {
            Assert.Ignore("The command openssl is not installed.");
            throw;
        }
    }
}
