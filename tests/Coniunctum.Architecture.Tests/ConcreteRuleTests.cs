using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>
/// A new consensus rule must not need a change in the layers that serve all rules: those mention none, neither as a type nor
/// as a member nor in a string.
/// </summary>
public sealed class ConcreteRuleTests
{
    private static readonly string[] s_words =
    [
        "ProofOfWork", "proof-of-work", "Asert", "Lwma", "Retarget", "SquareSum", "Authority", "Clique",
        "Bft", "Byzantine", "Tendermint", "Validator", "Stake", "Ghost", "RuleChange",
    ];

    // What every rule shares. Each other namespace of the assembly is a rule's, or a part that rules are made of.
    private static readonly string[] s_common =
        ["", "Coniunctum.Consensus", "Coniunctum.Consensus.Chain", "Coniunctum.Consensus.Pool", "Coniunctum.Consensus.Probability"];

    public static IEnumerable<string> NeutralAssemblies =>
        Repository.Assemblies.Intersect(["Coniunctum.Ledger", "Coniunctum.Mining", "Coniunctum.P2P"]);

    [TestCaseSource(nameof(NeutralAssemblies))]
    public void Metadata_MentionsNoConcreteRule(string assembly)
    {
        IReadOnlySet<string> mentions = AssemblyMetadata.Of(assembly).Mentions;
        string[] namespaces = [.. Namespaces()];
        Assert.That(mentions.Where(mention => IsConcrete(mention, namespaces)), Is.Empty);
        Assert.That(mentions.Intersect(RuleTypes()), Is.Empty);
    }

    [Test]
    public void Metadata_OfConsensus_MentionsThem()
    {
        // The same reading finds them where they are, in every kind of place.
        IReadOnlySet<string> mentions = AssemblyMetadata.Of("Coniunctum.Consensus").Mentions;
        Assert.That(mentions, Is.SupersetOf(new[] { "Coniunctum.Consensus.Rules", "ProofOfWork", "proof-of-work", "SingleAuthority", "_authority", "Asert", "Lwma", "BitcoinRetarget", "SquareSum" }));
        Assert.That(Namespaces(), Is.SupersetOf(new[] { "Coniunctum.Consensus.Rules", "Coniunctum.Consensus.Authority", "Coniunctum.Consensus.Upgrades", "Coniunctum.Consensus.ForkChoice" }));
        Assert.That(RuleTypes(), Is.SupersetOf(new[] { "ProofOfWork", "SingleAuthority", "MedianTime", "ProofOfAuthority", "SignerState", "RuleChange" }));
    }

    private static bool IsConcrete(string mention, string[] namespaces) =>
        namespaces.Contains(mention) || s_words.Any(word => mention.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The namespaces of rules, and of what they are made of.</summary>
    private static IEnumerable<string> Namespaces() => AssemblyMetadata.Of("Coniunctum.Consensus").TypeDefinitions
        .Select(NamespaceOf)
        .Where(name => name.StartsWith("Coniunctum.Consensus", StringComparison.Ordinal))
        .Distinct(StringComparer.Ordinal)
        .Except(s_common);

    /// <summary>Types of the rules themselves. Those of their parts have names that others use too, such as a target.</summary>
    private static IEnumerable<string> RuleTypes() => AssemblyMetadata.Of("Coniunctum.Consensus").TypeDefinitions
        .Where(name => NamespaceOf(name) is "Coniunctum.Consensus.Rules" or "Coniunctum.Consensus.Authority" or "Coniunctum.Consensus.Bft" or "Coniunctum.Consensus.Upgrades")
        .Select(name => name[(NamespaceOf(name).Length + 1)..]);

    private static string NamespaceOf(string type) => type.Contains('.', StringComparison.Ordinal) ? type[..type.LastIndexOf('.')] : "";
}
