using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Authority.Tests;

public sealed class SingleAuthorityTests
{
    [Test]
    public void New_OfRoot_Throws() =>
        Assert.That(() => new SingleAuthority(Address.Root), Throws.ArgumentException.With.Message.Contains("must have a key"));

    [Test]
    public void Build_ForAFormatWithoutASeal_Throws() =>
        Assert.That(
            () => new SingleAuthority(World.Alice).Build(World.ProfileOf(Int32CoinFormat.Instance), default),
            Throws.ArgumentException.With.Message.Contains("no place for a seal"));
}
