using System.Text.RegularExpressions;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>No producer can reach a record of the ledger, nor one that the ledger comes to keep.</summary>
public sealed partial class RecordScopeTests
{
    [Test]
    public void RecordsOfTheLedger_AreThoseThatNoProducerReads()
    {
        string scopes = File.ReadAllText(Repository.PathOf("src/Coniunctum.Consensus/Node/ProducerRecords.cs"));
        string[] known = [.. Quoted().Matches(Ledgers().Match(scopes).Groups[1].Value).Select(match => match.Groups[1].Value)];
        string[] declared =
        [
            .. new[] { "src", "samples" }.SelectMany(folder => Repository.Files(folder, "*.cs"))
                .SelectMany(path => Declarations().Matches(File.ReadAllText(Repository.PathOf(path))))
                .Select(match => match.Groups[1].Value),
        ];
        Assert.That(declared, Has.Length.GreaterThanOrEqualTo(7));
        Assert.That(declared.Where(name => !name.StartsWith("ledger/", StringComparison.Ordinal)), Is.EquivalentTo(known), "a new record's name begins with ledger/");
    }

    [Test]
    public void RecordsOfTheLedger_AreNamedByAConstant()
    {
        // By a constant as above, by the scope of a producer, or as they were read.
        string[] others =
        [
            .. new[] { "src", "samples" }.SelectMany(folder => Repository.Files(folder, "*.cs"))
                .SelectMany(path => Uses().Matches(File.ReadAllText(Repository.PathOf(path))))
                .Select(match => match.Groups[1].Value)
                .Where(name => name is not ("Record" or "RecordName" or "TagKey.RecordName" or "UnknownRuleset.RecordName" or "ProducerRecords.NameOf(persist.Key)" or "key")),
        ];
        Assert.That(others, Is.Empty);
    }

    [GeneratedRegex("s_ledgers = \\[([^\\]]*)\\]")]
    private static partial Regex Ledgers();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("const string Record(?:Name)? = \"([^\"]*)\"")]
    private static partial Regex Declarations();

    [GeneratedRegex("new StoreBatch\\.Record\\(((?:[^,()]|\\([^()]*\\))*),")]
    private static partial Regex Uses();
}
