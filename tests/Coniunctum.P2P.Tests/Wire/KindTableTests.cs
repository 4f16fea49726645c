using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Tests.Wire;

public sealed class KindTableTests
{
    [Test]
    public void Rows_AreThoseOfAllKinds_InTheirOrder()
    {
        Assert.That(KindTable.All.Select(rule => rule.Kind), Is.EqualTo(Enum.GetValues<MessageKind>().Where(kind => kind != MessageKind.None)));
        Assert.That(KindTable.All.Select(rule => rule.Kind), Is.Ordered);
        Assert.That(KindTable.All.Select(rule => (int)rule.Class), Has.All.InRange(0, 4));
    }

    [Test]
    public void Answers_NameARequestOfTheirOwnClassAndScope_AndEachRequestHasOne()
    {
        foreach (KindRule rule in KindTable.All)
        {
            Assert.That(rule.Answers != MessageKind.None, Is.EqualTo(rule.Turn == MessageTurn.Answer), rule.Kind.ToString());
            Assert.That(rule.MaxOutstanding > 0, Is.EqualTo(rule.Turn == MessageTurn.Request), rule.Kind.ToString());
            if (rule.Turn == MessageTurn.Request) Assert.That(KindTable.All.Count(other => other.Answers == rule.Kind), Is.GreaterThanOrEqualTo(1), rule.Kind.ToString());
            if (rule.Turn != MessageTurn.Answer) continue;
            KindRule request = KindTable.Of(rule.Answers)!;
            // Of one class: then answers stay in the order of what was asked.
            Assert.That((request.Turn, request.Class, request.Scope, request.Protocol), Is.EqualTo((MessageTurn.Request, rule.Class, rule.Scope, rule.Protocol)));
        }
    }

    [Test]
    public void Partials_OfAllClassesTogether_AreBelow4MiB()
    {
        int sum = KindTable.All.GroupBy(rule => rule.Class).Sum(group => group.Max(rule => rule.MaxBytes));
        Assert.That(sum, Is.LessThanOrEqualTo(4 * 1_024 * 1_024));
        TestContext.Out.WriteLine(Invariant($"largest messages of all classes together: {sum} bytes"));
    }

    // The limits once more, as docs/PROTOCOL.md has them.
    [TestCase("Publish", 66_560)]
    [TestCase("Digest", 33_792)]
    [TestCase("Want", 33_792)]
    [TestCase("GetHeaders", 2_048)]
    [TestCase("Headers", 2_097_152)]
    [TestCase("Announce", 589_824)]
    [TestCase("GetSides", 16)]
    [TestCase("Sides", 1_048_576)]
    [TestCase("GetBlocks", 1_024)]
    [TestCase("Block", 1_116_176)]
    [TestCase("Missing", 1_024)]
    [TestCase("GetCertificates", 1_024)]
    [TestCase("Certificates", 1_049_600)]
    [TestCase("Compact", 1_116_176)]
    [TestCase("GetParts", 9_216)]
    [TestCase("Parts", 1_116_176)]
    [TestCase("GetCompact", 64)]
    [TestCase("Have", 34_816)]
    [TestCase("GetTransactions", 4_096)]
    [TestCase("Transactions", 524_288)]
    [TestCase("Candidate", 280_576)]
    [TestCase("Submit", 8_208)]
    [TestCase("Submitted", 1_024)]
    [TestCase("Hello", 2_048)]
    [TestCase("Bye", 1_024)]
    [TestCase("Ping", 16)]
    [TestCase("Pong", 16)]
    [TestCase("GetAddresses", 16)]
    [TestCase("Addresses", 131_072)]
    [TestCase("Open", 66_560)]
    [TestCase("Shut", 1_024)]
    [TestCase("NewAddresses", 4_096)]
    [TestCase("GetProof", 5_120)]
    [TestCase("Proof", 17_408)]
    [TestCase("GetInclusion", 128)]
    [TestCase("Inclusion", 17_408)]
    [TestCase("GetAncestry", 128)]
    [TestCase("Ancestry", 17_408)]
    [TestCase("GetManifest", 16)]
    [TestCase("Manifest", 140_288)]
    [TestCase("GetShard", 16)]
    [TestCase("Shard", 263_168)]
    public void MaxBytes_IsTheLiteral(string kind, int maxBytes) =>
        Assert.That(KindTable.Of(Enum.Parse<MessageKind>(kind))!.LimitUnder(WireLimits.Default), Is.EqualTo(maxBytes));

    [TestCase("GetHeaders", 1)]
    [TestCase("GetSides", 1)]
    [TestCase("GetBlocks", 16)]
    [TestCase("GetCertificates", 16)]
    [TestCase("GetParts", 3)]
    [TestCase("GetTransactions", 100)]
    [TestCase("Submit", 16)]
    [TestCase("Ping", 1)]
    [TestCase("GetAddresses", 1)]
    [TestCase("GetProof", 4)]
    [TestCase("GetInclusion", 4)]
    [TestCase("GetAncestry", 4)]
    [TestCase("GetManifest", 1)]
    [TestCase("GetShard", 4)]
    public void MaxOutstanding_IsTheLiteral(string kind, int units) =>
        Assert.That(KindTable.Of(Enum.Parse<MessageKind>(kind))!.MaxOutstanding, Is.EqualTo(units));

    [Test]
    public void Page_ShowsEveryRow()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "PROTOCOL.md"));
        IEnumerable<string> rows = KindTable.All.Select(rule => Invariant($"| `{(ushort)rule.Kind:x4}` | {rule.Kind} | {(uint)rule.MaxBytes} | {Turn(rule)}"));
        Assert.That(rows.Where(row => !page.Contains(row, StringComparison.Ordinal)), Is.Empty);
    }

    private static string Turn(KindRule rule) => rule.Turn switch
    {
        MessageTurn.First => "first |",
        MessageTurn.Last => "last |",
        MessageTurn.Opens => "opens its channel |",
        MessageTurn.Shuts => "shuts a ledger, once a side |",
        MessageTurn.Free => "free |",
        MessageTurn.Request when rule.IsOnce => "asks, once a connection |",
        MessageTurn.Request => Invariant($"asks, {(uint)rule.MaxOutstanding} "),
        _ when rule.IsPartial => rule.Kind == MessageKind.Block ? $"answers one id of {rule.Answers} |" : $"answers ids of {rule.Answers} |",
        _ => $"answers {rule.Answers}",
    };
}
