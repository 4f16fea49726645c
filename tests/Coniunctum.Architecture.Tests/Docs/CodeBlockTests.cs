using System.Net;
using System.Text.RegularExpressions;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>
/// Code that a page shows must compile: each block stands, line by line and but for its indentation, in a source file that the
/// build, the tests of the packages or those of the templates compile.
/// </summary>
public sealed partial class CodeBlockTests
{
    private static readonly string[] s_folders = ["tests/Packages", "tests/Coniunctum.Testing.Tests", "tests/Coniunctum.Testing.Xunit.Tests", "samples", "templates"];

    private static readonly Lazy<string[]> s_sources = new(() =>
        [.. s_folders.SelectMany(folder => Repository.Files(folder, "*.cs")).Select(path => Normalize(Repository.Read(path)))]);

    public static IEnumerable<TestCaseData> Blocks =>
        from path in Repository.Files(".", "*.md")
        from block in new MarkdownPage(path).CSharpBlocks.Select((text, index) => (text, index))
        select new TestCaseData(block.text).SetArgDisplayNames(path, Invariant($"{block.index + 1}"));

    public static IEnumerable<TestCaseData> Examples =>
        from path in Repository.Files("src", "*.cs")
        from Match example in Example().Matches(Repository.Read(path))
        select new TestCaseData(WebUtility.HtmlDecode(example.Groups[1].Value.Replace("/// ", "", StringComparison.Ordinal))).SetArgDisplayNames(path);

    [TestCaseSource(nameof(Blocks))]
    public void Block_StandsInASourceThatIsCompiled(string block) =>
        Assert.That(s_sources.Value.Any(source => source.Contains(Normalize(block), StringComparison.Ordinal)), Is.True, block);

    [TestCaseSource(nameof(Examples))]
    public void Example_StandsInASourceThatIsCompiled(string code) => Block_StandsInASourceThatIsCompiled(code);

    [Test]
    public void Examples_AreThereForTheTypesThatANewcomerMeets()
    {
        string[] types =
        [
            "Coniunctum/LedgerBuilder", "Coniunctum/LedgerHost", "Coniunctum/ILedger", "Coniunctum/LedgerView",
            "Coniunctum/LedgerChain", "Coniunctum/LedgerPool", "Coniunctum/LedgerTransactions", "Coniunctum/LedgerEvent",
            "Coniunctum/LedgerOptions", "Coniunctum/Profiles", "Coniunctum.Ledger/Transfer", "Coniunctum.Ledger/ChainProfile",
            "Coniunctum.Ledger/BlockId", "Coniunctum.Ledger/Applications/ILedgerApplication", "Coniunctum.Consensus/Seams/ConsensusSpec", "Coniunctum.Consensus/Seams/IConsensusRule",
            "Coniunctum.Crypto/PrivateKey", "Coniunctum.Crypto/Address", "Coniunctum.Crypto/Sha3_256", "Coniunctum.Wallet/Mnemonic",
            "Coniunctum.Wallet/ExtendedKey", "Coniunctum.Wallet/KeyFile", "Coniunctum.Storage.Sqlite/SqliteChainStore", "Coniunctum.Simulation/World",
        ];
        Assert.That(types.Where(type => !Example().IsMatch(Repository.Read($"src/{type}.cs"))), Is.Empty);
    }

    [GeneratedRegex(@"<code>\s*?\n(.*?)\n\s*/// </code>", RegexOptions.Singleline)]
    private static partial Regex Example();

    private static string Normalize(string code) =>
        "\n" + string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";
}
