using System.Text.Json;

namespace Coniunctum.Authority.Tests;

/// <summary>The published cases, through the rule's own checks.</summary>
public sealed class Eip225VectorTests
{
    private static readonly JsonElement[] s_cases = [.. Directory
        .EnumerateFiles(VectorFile.PathOf("poa"), "*.json")
        .Order(StringComparer.Ordinal)
        .SelectMany(path => JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray())];

    // There the set ends up empty, and the chain can never go on; here such a vote is refused.
    private const string LastSigner = "Single signer, dropping itself (weird, but one less cornercase by explicitly allowing this)";

    public static IEnumerable<string> Names => s_cases.Select(vector => vector.GetProperty("name").GetString()!).Where(name => name != LastSigner);

    [Test]
    public void Cases_AreAllThatAreTold() => Assert.That((s_cases.Length, Names.Count()), Is.EqualTo((23, 22)));

    [Test]
    public void Case_OfTheLastSignerThatDropsItself_IsTheOneThatEndsOtherwise()
    {
        JsonElement vector = s_cases.Single(found => found.GetProperty("name").GetString() == LastSigner);
        Assert.That(vector.GetProperty("results").GetArrayLength(), Is.Zero, "as published");
        var chain = new CliqueChain(["A"]);
        Verdict verdict = chain.Seal("A", "A", adds: false);
        Assert.That((verdict.Kind, verdict.Rule), Is.EqualTo((VerdictKind.Invalid, BlockRule.ProofInvalid)));
        Assert.That(verdict.ToString(), Does.Contain("cannot be dropped"));
        Assert.That(chain.Signers, Is.EqualTo(new[] { "A" }));
        Assert.That(chain.Seal("A").IsValid, "It goes on.");
    }

    [TestCaseSource(nameof(Names))]
    public void Case_EndsAsPublished(string name)
    {
        JsonElement vector = s_cases.Single(found => found.GetProperty("name").GetString() == name);
        ulong epoch = vector.GetProperty("epoch").GetUInt64();
        string[] signers = Letters(vector.GetProperty("signers"));
        var chain = new CliqueChain(signers, epoch);
        var model = new NaiveClique(signers, epoch);
        JsonElement[] blocks = [.. vector.GetProperty("blocks").EnumerateArray()];
        bool fails = vector.TryGetProperty("failure", out _);
        for (int i = 0; i < blocks.Length; i++)
        {
            string signer = blocks[i].GetProperty("signer").GetString()!;
            string? subject = blocks[i].TryGetProperty("voted", out JsonElement voted) ? voted.GetString() : null;
            bool adds = blocks[i].TryGetProperty("auth", out JsonElement auth) && auth.GetBoolean();
            bool isLast = i == blocks.Length - 1;
            Verdict verdict = chain.Seal(signer, subject, adds);
            Assert.That(verdict.IsValid, Is.EqualTo(!(fails && isLast)), $"block {i + 1}: {verdict}");
            Assert.That(model.TrySeal(signer, subject, adds), Is.EqualTo(verdict.IsValid), "the tests' own model");
            if (blocks[i].TryGetProperty("checkpoint", out JsonElement checkpoint)) Assert.That(chain.Signers, Is.EqualTo(Letters(checkpoint)));
        }

        if (fails) return;
        Assert.That(chain.Signers, Is.EqualTo(Letters(vector.GetProperty("results"))));
        Assert.That(model.Signers, Is.EqualTo(chain.Signers));
    }

    private static string[] Letters(JsonElement list) => [.. list.EnumerateArray().Select(letter => letter.GetString()!)];
}
