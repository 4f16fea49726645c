using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>
/// A new consensus rule must not need a change in the layers that serve all rules: those mention none, neither as a type nor
/// as a member nor in a string.
/// </summary>
public sealed class ConcreteRuleTests
{
    private const string RulesNamespace = "Coniunctum.Consensus.Rules";

    private static readonly string[] s_words = ["ProofOfWork", "proof-of-work", "Authority", "Bft", "Byzantine", "Validator", "Stake", "Asert", "Lwma", "Retarget", "SquareSum"];

    public static IEnumerable<string> NeutralAssemblies =>
        Repository.Assemblies.Intersect(["Coniunctum.Ledger", "Coniunctum.Mining", "Coniunctum.P2P"]);

    [TestCaseSource(nameof(NeutralAssemblies))]
    public void Metadata_MentionsNoConcreteRule(string assembly)
    {
        IReadOnlySet<string> mentions = AssemblyMetadata.Of(assembly).Mentions;
        Assert.That(mentions.Where(IsConcrete), Is.Empty);
        Assert.That(mentions.Intersect(RuleTypes()), Is.Empty);
    }

    [Test]
    public void Metadata_OfConsensus_MentionsThem()
    {
        // The same reading finds them where they are, in every kind of place.
        IReadOnlySet<string> mentions = AssemblyMetadata.Of("Coniunctum.Consensus").Mentions;
        Assert.That(mentions, Is.SupersetOf(new[] { RulesNamespace, "ProofOfWork", "proof-of-work", "SingleAuthority", "_authority", "Asert", "Lwma", "BitcoinRetarget", "SquareSum" }));
        Assert.That(RuleTypes(), Is.SupersetOf(new[] { "ProofOfWork", "SingleAuthority", "MedianTime" }));
    }

    private static bool IsConcrete(string mention) =>
        mention == RulesNamespace || s_words.Any(word => mention.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> RuleTypes() => AssemblyMetadata.Of("Coniunctum.Consensus").TypeDefinitions
        .Where(name => name.StartsWith(RulesNamespace + ".", StringComparison.Ordinal))
        .Select(name => name[(RulesNamespace.Length + 1)..]);
}
