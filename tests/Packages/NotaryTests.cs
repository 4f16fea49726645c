using System.Buffers.Binary;

namespace Coniunctum.Packages.Tests;

public sealed class NotaryTests
{
    [Test]
    public async Task Calls_WithOneDigest_AreNotedOnce()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        byte[] digest = Sha3_256.Hash("a contract"u8).ToArray();
        ChainProfile profile = Profiles.Development with { Name = "notary", Applications = [new Notary()] };
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseAuthority(key).StartAsync();
        Confirmation first = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(key, Notary.Number, digest, ledger.Context));
        Confirmation again = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(key, Notary.Number, digest, ledger.Context));
        ReadOnlyMemory<byte> entry = ledger.EntryOf(Notary.Number, digest);

        Assert.That((first.Refusal, again.Refusal), Is.EqualTo(((string?)null, "it was noted before")));
        Assert.That(BinaryPrimitives.ReadUInt64BigEndian(entry.Span), Is.EqualTo(first.Height));
    }
}
