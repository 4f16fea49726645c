using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>Names that gave way to the field's own do not come back: not as a type, not as a member of any type.</summary>
public sealed class AbolishedWordsTests
{
    // Assembly, type, member; * stands for each. A member of * is abolished wherever it stands.
    private static readonly (string Assembly, string Type, string Member)[] s_abolished =
    [
        ("Coniunctum.Consensus", "BlockJudge", "*"), ("Coniunctum.Consensus", "AdmissionDesk", "*"), ("Coniunctum.Consensus", "ProposalDesk", "*"),
        ("Coniunctum.Consensus", "CheckpointDesk", "*"), ("Coniunctum.Consensus", "RevertDesk", "*"), ("Coniunctum.Consensus", "SignatureLane", "*"),
        ("Coniunctum.Consensus", "CommitLine", "*"), ("Coniunctum.Consensus", "BlockShelf", "*"), ("Coniunctum.Consensus", "Floor", "*"),
        ("Coniunctum.Consensus", "Revival", "*"), ("Coniunctum.Consensus", "Removals", "*"), ("Coniunctum.Consensus", "HeaderWalk", "*"),
        ("Coniunctum.Consensus", "DoneBlock", "*"), ("Coniunctum.Consensus", "ResumedBlock", "*"), ("Coniunctum.Consensus", "Balance", "*"),
        ("Coniunctum.Consensus", "PoolPlace", "*"), ("Coniunctum.Consensus", "SignatureAnswer", "*"),
        ("Coniunctum.Consensus", "RetentionWindow", "Rise"), ("Coniunctum.Consensus", "RetentionWindow", "Sink"),
        ("Coniunctum.Consensus", "HeaderValidator", "Believe"), ("Coniunctum.Consensus", "PoolEntry", "Told"),
        ("Coniunctum.Consensus", "SignatureVerifier", "Answer"), ("Coniunctum.Consensus", "BranchRefused", "Taken"),
        ("Coniunctum.Consensus", "Restore", "*"), ("Coniunctum.Consensus", "Resume", "*"), ("Coniunctum.Consensus", "*", "TryDo"), ("Coniunctum.Consensus", "*", "ToDo"),
        ("Coniunctum.Bft", "VoteBook", "*"), ("Coniunctum.Bft", "RoundBook", "*"), ("Coniunctum.Bft", "BftControl", "*"),
        ("Coniunctum", "ConfirmationDesk", "*"), ("Coniunctum", "LifeDesk", "*"), ("Coniunctum", "SettledDesk", "*"), ("Coniunctum", "Doorway", "*"),
        ("Coniunctum", "ByteGate", "*"), ("Coniunctum", "TransactionMoment", "*"), ("Coniunctum", "TransactionUpdate", "By"),
        ("Coniunctum.Simulation", "Letter", "*"), ("Coniunctum.Simulation", "LetterKind", "*"), ("Coniunctum.Simulation", "BlockFetches", "*"),
        ("Coniunctum.Ledger", "Verdict", "Reject"), ("Coniunctum.Ledger", "Verdict", "Refuse"), ("Coniunctum.Ledger", "Misfit", "*"),
        ("Coniunctum.Node", "BlockCourt", "*"), ("Coniunctum.Node", "TransferDesk", "*"), ("Coniunctum.Node", "DevWishes", "*"),
        ("*", "*", "Tell"), ("*", "*", "Told"), ("*", "*", "Hear"), ("*", "*", "Heard"), ("*", "*", "Wishes"), ("*", "*", "Sit"), ("*", "*", "Believe"),
    ];

    // No name of a type ends so: SIMD lanes keep theirs, threads have loops and queues.
    private static readonly string[] s_endings = ["Desk", "Shelf", "Court", "Doorway", "Letter", "Wishes", "Gate"];

    private static IEnumerable<string> Assemblies => Repository.Assemblies.Append("Coniunctum.Node");

    [Test]
    public void Declarations_OfAbolishedNames_AreNone()
    {
        (string Assembly, string Type, string Member)[] declared = [.. Assemblies.SelectMany(assembly =>
            AssemblyMetadata.Of(assembly).Declarations.Select(found => (assembly, found.Type, found.Member)))];
        Assert.That(declared, Has.Length.GreaterThan(5_000), "the reading finds declarations");
        Assert.That(declared.Where(found => s_abolished.Any(word => Matches(word, found))), Is.Empty);
    }

    [Test]
    public void Types_EndInNoneOfTheHousesFormerWords() =>
        Assert.That(
            Assemblies.SelectMany(assembly => AssemblyMetadata.Of(assembly).Declarations.Select(found => found.Type)).Distinct()
                .Where(type => s_endings.Any(ending => type.EndsWith(ending, StringComparison.Ordinal))),
            Is.Empty);

    private static bool Matches((string Assembly, string Type, string Member) word, (string Assembly, string Type, string Member) found) =>
        Names(word.Assembly, found.Assembly) && Names(word.Type, found.Type) && (word.Member == "*" ? word.Type != "*" : word.Member == found.Member);

    private static bool Names(string word, string name) => word == "*" || word == name;
}
