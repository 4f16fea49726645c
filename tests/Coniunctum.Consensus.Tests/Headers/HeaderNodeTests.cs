using Coniunctum.Consensus.Headers;

namespace Coniunctum.Consensus.Tests.Headers;

public sealed class HeaderNodeTests
{
    [Test]
    public void AncestorAt_RandomTree_IsTheOneThatParentsLeadTo([Values(1)] int seed)
    {
        var random = new Random(seed);
        var nodes = new List<HeaderNode>();
        var parents = new List<int>();
        foreach (HeaderView view in new[] { new TargetLine(1_000).Add(0, default).Parent })
        {
            nodes.Add(new HeaderNode(view, null, Work.Zero, RuleState.None));
            parents.Add(-1);
        }

        for (int i = 1; i < 20_000; i++)
        {
            // Mostly on one of the last ones, so that branches grow long.
            int parent = Math.Max(0, i - 1 - (int)(random.NextDouble() * random.NextDouble() * 20));
            HeaderView view = new TargetLine(nodes[parent].Height + 1).Add(0, default).Parent;
            nodes.Add(new HeaderNode(view, nodes[parent], Work.Zero, RuleState.None));
            parents.Add(parent);
        }

        for (int round = 0; round < 2_000; round++)
        {
            int node = random.Next(nodes.Count);
            ulong height = 1_000 + (ulong)random.NextInt64((long)nodes[node].Height - 999);
            HeaderNode found = nodes[node].AncestorAt(height);
            while (nodes[node].Height > height) node = parents[node];
            if (found != nodes[node]) Assert.Fail(Invariant($"another ancestor at height {height} (seed {seed})"));
        }
    }

    [Test]
    public void AncestorAt_AMillionBack_TakesFewSteps()
    {
        const int Length = 1_000_000;
        HeaderView view = new TargetLine().Add(0, default).Parent;
        var tip = new HeaderNode(view, null, Work.Zero, RuleState.None);
        for (ulong i = 1; i < Length; i++) tip = new HeaderNode(view with { Header = view.Header with { Height = i } }, tip, Work.Zero, RuleState.None);
        foreach (ulong height in new ulong[] { 0, 1, 2, 77_777, 500_000, 524_287, 524_288, Length - 2 })
        {
            Assert.That(tip.AncestorAt(height).Height, Is.EqualTo(height));
            // Myers: at most about three for each doubling.
            Assert.That(tip.StepsTo(height), Is.LessThanOrEqualTo(60), $"to {height}");
        }
    }
}
