using System.Globalization;
using Coniunctum.Architecture.Tests.Support;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Architecture.Tests.Docs;

/// <summary>What the page says in figures is what the code does.</summary>
public sealed class ProtocolPageTests
{
    private static readonly MarkdownPage s_page = new("docs/PROTOCOL.md");

    [TestCase("Standard")]
    [TestCase("Int32Coin")]
    [TestCase("ConiunctumPaper")]
    public void ChainId_IsTheOneOnThePage(string name)
    {
        ChainProfile profile = name switch
        {
            "Standard" => Profiles.Standard,
            "Int32Coin" => Profiles.Int32Coin,
            _ => Profiles.ConiunctumPaper,
        };
        string row = Invariant($"| `{name}` | `{profile.ComputeCommitment()}` | `{GenesisBlock.Create(profile).Block.Id}` |");
        Assert.That(Repository.Read("docs/PROTOCOL.md"), Does.Contain(row));
    }

    [Test]
    public void Parameters_StandInTheTable_InTheirOrder()
    {
        string[] table = [.. s_page.Table("Profiles and genesis").Select(cells => cells[0]).TakeWhile(cell => cell != "`salt`")];
        string[] names = [.. Profiles.Int32Coin.Parameters.Select(parameter => parameter.Name).TakeWhile(name => !name.StartsWith("subsidy", StringComparison.Ordinal))];
        Assert.That(table.Take(names.Length).Select(cell => cell.Trim('`')), Is.EqualTo(names));
        Assert.That(table[names.Length], Does.Contain("`subsidy.constant`").And.Contain("`subsidy.initial`").And.Contain("`subsidy.halving`"));
        Assert.That(table[names.Length + 1], Is.EqualTo("`consensus`"));
    }

    [Test]
    public void Rules_AreAllInTheTable_ByNumber()
    {
        IEnumerable<int> written = s_page.Table("Validity").Select(cells => int.Parse(cells[0], CultureInfo.InvariantCulture));
        Assert.That(written, Is.EqualTo(Enum.GetValues<BlockRule>().Where(rule => rule != BlockRule.None).Select(rule => (int)rule)));
    }
}
