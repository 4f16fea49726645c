using System.ComponentModel;
using System.Reflection;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class LedgerOptionsTests
{
    // The limits once more, so that a changed one is noticed: option, what is out of its range, what is right at its edge.
    private static readonly (string Option, string Wrong, string Right, string Expected)[] s_edges =
    [
        ("Profile", "nobody", "int32coin", "development, standard, int32coin, coniunctum"),
        ("Pool.MaxBytes", "0", "1", "1 to 9223372036854775807"),
        ("Pool.MaxPerSender", "0", "1", "1 to 2147483647"),
        ("Pool.MaxUnverified", "0", "1", "1 to 2147483647"),
        ("Pool.MaxWaitingPerSender", "-1", "0", "0 to 2147483647"),
        ("Pool.WaitingPercent", "101", "100", "0 to 100"),
        ("Pool.WaitingPercent", "-1", "0", "0 to 100"),
        ("Pool.MaxWaitBlocks", "-1", "0", "0 to 2147483647"),
        ("Chain.KeptBlocks", "0", "1", "1 to 2147483647"),
        ("Chain.MaxRecentBytes", "-1", "0", "0 to 9223372036854775807"),
        ("Chain.MaxSideBytes", "-1", "0", "0 to 9223372036854775807"),
        ("Chain.MaxUnprovenBytes", "0", "1", "1 to 9223372036854775807"),
        ("Chain.CheckpointBlocks", "0", "1", "1 to 9223372036854775807"),
        ("Chain.CheckpointBytes", "0", "1", "1 to 9223372036854775807"),
        ("Chain.MaxAheadBytes", "-1", "0", "0 to 9223372036854775807"),
        ("Chain.MaxUncommittedBytes", "0", "1", "1 to 9223372036854775807"),
        ("Network.PeersFile", "", "peers.txt", "the path of a file, or null"),
        ("Network.KeyFile", "", "node.key", "the path of a file, or null"),
        ("Network.MaxOutbound", "-1", "0", "0 to 128"),
        ("Network.MaxOutbound", "129", "128", "0 to 128"),
        ("Network.MaxInbound", "-1", "0", "0 to 128"),
        ("Network.MaxInbound", "129", "128", "0 to 128"),
    ];

    // Every value of these is right.
    private static readonly string[] s_unbounded = ["FollowsOthers", "Pool.RelayRate", "Chain.MaxReorganization", "Chain.IgnoresUpgrades", "Network.IsPlain", "Network.AllowTls12"];

    public static IEnumerable<TestCaseData> Edges =>
        s_edges.Select(edge => new TestCaseData(edge.Option, edge.Wrong, edge.Right, edge.Expected).SetArgDisplayNames(edge.Option, edge.Wrong));

    [Test]
    public void Validate_OfDefaults_FindsNothing() => Assert.That(new LedgerOptions().Validate(), Is.Empty);

    [TestCaseSource(nameof(Edges))]
    public void Validate_JustOutsideOfARange_NamesTheOptionWhatWasFoundAndWhatIsExpected(string option, string wrong, string right, string expected)
    {
        string found = option == "Profile" ? $"'{wrong}'" : wrong.Length == 0 ? "empty" : wrong;
        Assert.That(Bound((option, wrong)).Validate(), Is.EqualTo(new[] { new OptionFault(option, found, expected) }));
        Assert.That(Bound((option, right)).Validate(), Is.Empty);
    }

    [Test]
    public void Edges_AreThereForEveryOptionOfASimpleType() =>
        Assert.That(s_edges.Select(edge => edge.Option).Distinct().Concat(s_unbounded).Order(), Is.EqualTo(NamesOf(typeof(LedgerOptions)).Order()));

    [Test]
    public void Bind_EveryOption_IsSet()
    {
        LedgerOptions options = Bound(
            ("Profile", "standard"), ("FollowsOthers", "true"), ("Pool.MaxBytes", "4000"), ("Pool.RelayRate", "18446744073709551615"), ("Chain.KeptBlocks", "7"), ("Chain.IgnoresUpgrades", "true"));
        Assert.That((options.Profile, options.FollowsOthers), Is.EqualTo(("standard", true)));
        Assert.That(options.Pool, Is.EqualTo(new PoolOptions { MaxBytes = 4000, RelayRate = ulong.MaxValue }));
        Assert.That(options.Chain, Is.EqualTo(new ChainOptions { KeptBlocks = 7, IgnoresUpgrades = true }));
    }

    [Test]
    public void For_OptionsThatAreWrong_NamesThemAll()
    {
        LedgerOptions options = Bound(("Profile", "nobody"), ("Pool.WaitingPercent", "101"));
        Assert.That(
            () => LedgerBuilder.For(options),
            Throws.ArgumentException.With.Message.StartsWith(
                "Profile is 'nobody'; expected development, standard, int32coin, coniunctum. Pool.WaitingPercent is 101; expected 0 to 100."));
    }

    [Test]
    public void Use_OptionsThatAreWrong_Throws()
    {
        LedgerBuilder builder = LedgerBuilder.For(Profiles.Development);
        Assert.That(() => builder.UsePool(new PoolOptions { MaxPerSender = 0 }), Throws.ArgumentException.With.Message.StartsWith("MaxPerSender is 0; expected 1 to 2147483647."));
        Assert.That(() => builder.UseChain(new ChainOptions { KeptBlocks = 0 }), Throws.ArgumentException.With.Message.StartsWith("KeptBlocks is 0; expected 1 to 2147483647."));
    }

    [Test]
    public async Task For_ThenTheOptionsAreChanged_DoesNotChangeTheLedger()
    {
        var options = new LedgerOptions { FollowsOthers = true };
        LedgerBuilder builder = LedgerBuilder.For(options);
        options.Pool.MaxBytes = 1;
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        await using LedgerHost ledger = await builder.Allocate(owner, 100).StartAsync().Soon();
        Assert.That((await ledger.SubmitAsync(Transfer.Sign(key, owner, 5, ledger.Context)).Soon()).IsValid);
    }

    /// <summary>Fills options as a configuration's binder does: by the names of settable properties, from text.</summary>
    private static LedgerOptions Bound(params (string Path, string Value)[] values)
    {
        var options = new LedgerOptions();
        foreach ((string path, string value) in values)
        {
            if (path.StartsWith("Network.", StringComparison.Ordinal)) options.Network ??= new NetworkOptions();
            object target = options;
            string[] names = path.Split('.');
            foreach (string name in names[..^1]) target = target.GetType().GetProperty(name)!.GetValue(target)!;
            PropertyInfo property = target.GetType().GetProperty(names[^1])!;
            property.SetValue(target, TypeDescriptor.GetConverter(property.PropertyType).ConvertFromInvariantString(value));
        }

        return options;
    }

    private static IEnumerable<string> NamesOf(Type type) => type.GetProperties()
        .Where(property => property.SetMethod is { IsPublic: true } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)))
        .SelectMany(property => property.PropertyType.Namespace!.StartsWith("Coniunctum", StringComparison.Ordinal) && property.PropertyType.IsClass
            ? NamesOf(property.PropertyType).Select(name => $"{property.Name}.{name}")
            : property.PropertyType.IsInterface ? [] : [property.Name]);
}
