using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>
/// A new consensus rule must not need a change in the layers that serve all rules: those mention none, neither as a type nor
/// as a member nor in a string. Fork choices, finality and changes of rules are parts of the engine.
/// </summary>
public sealed class ConcreteRuleTests
{
    private static readonly string[] s_ruleAssemblies = ["Coniunctum.Mining", "Coniunctum.Authority", "Coniunctum.Bft"];

    private static readonly string[] s_words =
    [
        "ProofOfWork", "proof-of-work", "Asert", "Lwma", "Retarget", "SquareSum", "Sha3Puzzle", "Authority", "Clique",
        "Bft", "Byzantine", "Tendermint", "ValidatorSet", "ValidatorsApplication", "validators/", "Stake",
    ];

    public static IEnumerable<string> NeutralAssemblies =>
        Repository.Assemblies.Intersect(["Coniunctum.Ledger", "Coniunctum.Consensus", "Coniunctum.P2P"]);

    [TestCaseSource(nameof(NeutralAssemblies))]
    public void Metadata_MentionsNoConcreteRule(string assembly)
    {
        IReadOnlySet<string> mentions = AssemblyMetadata.Of(assembly).Mentions;
        Assert.That(mentions.Where(IsConcrete), Is.Empty);
        Assert.That(mentions.Intersect(s_ruleAssemblies.SelectMany(Namespaces)), Is.Empty);
        Assert.That(mentions.Intersect(s_ruleAssemblies.SelectMany(RuleTypes)), Is.Empty);
    }

    [Test]
    public void Metadata_OfTheRules_MentionsThem()
    {
        // The same reading finds them where they are, in every kind of place.
        HashSet<string> mentions = [.. s_ruleAssemblies.SelectMany(assembly => AssemblyMetadata.Of(assembly).Mentions)];
        Assert.That(mentions, Is.SupersetOf(new[] { "Coniunctum.Mining", "ProofOfWork", "proof-of-work", "SingleAuthority", "_authority", "Asert", "Lwma", "BitcoinRetarget", "SquareSum", "proof-of-authority", "BftConsensus" }));
        Assert.That(s_ruleAssemblies.SelectMany(Namespaces), Is.SupersetOf(new[] { "Coniunctum.Mining.Difficulty", "Coniunctum.Authority", "Coniunctum.Bft" }));
        Assert.That(s_ruleAssemblies.SelectMany(RuleTypes), Is.SupersetOf(new[] { "ProofOfWork", "SingleAuthority", "ProofOfAuthority", "SignerState", "BftConsensus", "Asert" }));
    }

    private static bool IsConcrete(string mention) => s_words.Any(word => mention.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Namespaces(string assembly) => AssemblyMetadata.Of(assembly).TypeDefinitions
        .Select(NamespaceOf)
        .Where(name => name.StartsWith("Coniunctum", StringComparison.Ordinal))
        .Distinct(StringComparer.Ordinal);

    /// <summary>Types of the rules by their names alone, but for those that are words of the headers too, such as a target.</summary>
    private static IEnumerable<string> RuleTypes(string assembly) => AssemblyMetadata.Of(assembly).TypeDefinitions
        .Where(name => NamespaceOf(name).StartsWith("Coniunctum", StringComparison.Ordinal))
        .Select(name => name[(NamespaceOf(name).Length + 1)..])
        .Except(["Target"]);

    private static string NamespaceOf(string type) => type.Contains('.', StringComparison.Ordinal) ? type[..type.LastIndexOf('.')] : "";
}
