using Coniunctum.Benchmarks.Crypto;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The area <c>keys</c>: what a password costs, and what wallets do.</summary>
internal static class KeyContests
{
    public static IEnumerable<Contest> All()
    {
        var scrypt = new ScryptWork();
        Contender bouncyCastle = new(Rivals.BouncyCastle, scrypt.DeriveBouncyCastle);
        yield return new Contest(
            "scrypt with n=2^14, r=8",
            new Contender("Coniunctum", scrypt.DeriveOurs),
            scrypt.HasOpenSsl ? [new Contender("OpenSSL", scrypt.DeriveOpenSsl), bouncyCastle] : [bouncyCastle]);
        using var wallet = new WalletWork();
        yield return new Contest(
            "keystore files opened, scrypt with n=2^12, r=8", new Contender("Coniunctum", wallet.OpenOurs), new Contender(Rivals.Nethereum, wallet.OpenTheirs));
        yield return new Contest(
            "seeds of 24 words (BIP-39)", new Contender("Coniunctum", wallet.SeedOurs), new Contender(Rivals.NBitcoin, wallet.SeedTheirs));
        yield return new Contest(
            "hardened children (BIP-32)", new Contender("Coniunctum", wallet.ChildOurs), new Contender(Rivals.NBitcoin, wallet.ChildTheirs));
        yield return new Contest(
            "public children (BIP-32)", new Contender("Coniunctum", wallet.PublicChildOurs), new Contender(Rivals.NBitcoin, wallet.PublicChildTheirs));
    }
}
