using System.Reflection;
using Coniunctum.Consensus.Node;

namespace Coniunctum.Consensus.Tests.Node;

/// <summary>What the machines of a node say to each other and to the outside is declared once.</summary>
public sealed class VocabularyTests
{
    private static readonly Type[] s_roots =
    [
        typeof(NodeInput), typeof(NodeEffect), typeof(IChainInput), typeof(IChainEffect), typeof(IProducerInput), typeof(IProducerEffect),
        typeof(IPeerInput), typeof(IPeerEffect),
    ];

    private static Type[] Messages =>
        [.. typeof(NodeCore<>).Assembly.GetTypes().Where(type => type.IsNested && s_roots.Any(root => root.IsAssignableFrom(type)))];

    [Test]
    public void Messages_AreDeclaredOnce()
    {
        ILookup<string, Type> types = typeof(NodeCore<>).Assembly.GetTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        Assert.That(Messages, Has.Length.InRange(30, 60));
        foreach (Type message in Messages) Assert.That(types[message.Name], Is.EqualTo(new[] { message }));
    }

    [Test]
    public void Inputs_OfTheNode_AreTakenByAMachine()
    {
        // A message is judged by the node itself, which passes it on in other words.
        foreach (Type input in typeof(NodeInput).GetNestedTypes().Except([typeof(NodeInput.MessageArrived)]))
            Assert.That(input.GetInterfaces(), Has.Some.EqualTo(typeof(IChainInput)).Or.Some.EqualTo(typeof(IProducerInput)).Or.Some.EqualTo(typeof(IPeerInput)), input.Name);
    }

    [Test]
    public void Machines_HaveWhatIsTheirs()
    {
        Assert.That(NamesOf(typeof(IProducerInput)), Is.EquivalentTo(new[]
        {
            "Started", "MessageAccepted", "TimerFired", "JobDone", "TipChanged", "PoolFilled", "Prepared", "Refused", "Judged",
        }));
        Assert.That(NamesOf(typeof(IProducerEffect)), Is.EquivalentTo(new[]
        {
            "StartJob", "CancelJob", "SetTimer", "Send", "Prepare", "Judge", "Persist", "Adopt",
        }));
        Assert.That(NamesOf(typeof(IChainInput)), Is.EquivalentTo(new[]
        {
            "Started", "BlockArrived", "HeaderArrived", "TransactionArrived", "PoolRestored", "RevertRequested", "SignaturesVerified", "Committed", "Failed", "Continued",
            "Prepare", "Judge",
        }));
        Assert.That(NamesOf(typeof(IChainEffect)), Is.EquivalentTo(new[]
        {
            "VerifySignatures", "Commit", "Continue", "FetchBlock", "BlockJudged", "BlockSettled", "HeaderJudged", "TransactionJudged", "TransactionMoved", "TransactionDropped", "TipMoved",
            "RevertRefused", "BranchRefused", "UnknownRulesetNoted", "Halted", "TipChanged", "Prepared", "Refused", "Judged",
        }));
        Assert.That(NamesOf(typeof(IPeerInput)), Is.EquivalentTo(new[]
        {
            "Started", "TimerFired", "FetchBlock", "BlockJudged", "BlockSettled", "HeaderJudged", "TransactionJudged", "TransactionMoved", "TransactionDropped", "TipMoved", "BranchRefused", "Send", "MessageJudged",
            "Prepared", "FromNetwork",
        }));
        Assert.That(NamesOf(typeof(IPeerEffect)), Is.EquivalentTo(new[] { "BlockArrived", "HeaderArrived", "TransactionArrived", "MessageArrived", "SetTimer", "ToNetwork" }));
    }

    private static IEnumerable<string> NamesOf(Type machine) => Messages.Where(machine.IsAssignableFrom).Select(message => message.Name);
}
