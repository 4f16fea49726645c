using Coniunctum.Simulation;
using CustomConsensus;

// Three nodes under a rule of one's own, in one process and in virtual time; everything follows from the seed.
var world = new World(seed: 2026, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
PrivateKey[] keys = [.. Enumerable.Range(0, 3).Select(_ => PrivateKey.Generate(world.Random))];
Address[] members = [.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))];
ChainProfile profile = Profiles.Development with { Name = "round-robin", Consensus = new RoundRobin(members) };
for (int i = 0; i < keys.Length; i++)
{
    int self = i;
    world.AddNode(profile, new NodeOptions { Producer = _ => new RoundRobinProducer(self, keys[self], members, profile) });
}

world.Observer = seen =>
{
    if (seen.Kind == WorldEventKind.Sent && seen.Subject is "proposal" or "acknowledgement")
        Console.WriteLine(Invariant($"{seen.Time.TotalSeconds,7:0.000} s  node {seen.Node} sends a message: {seen.Subject}"));
    if (seen.Kind == WorldEventKind.TipMoved)
        Console.WriteLine(Invariant($"{seen.Time.TotalSeconds,7:0.000} s  node {seen.Node} has block {world.Nodes[seen.Node].Chain.Tip.Header.Height}"));
};

bool agrees = world.RunUntil(
    () => world.Nodes.All(node => node.Chain.Tip.Header.Height >= 6 && node.Chain.Tip.Id == world.Nodes[0].Chain.Tip.Id),
    limit: TimeSpan.FromMinutes(5));
HashedBlock tip = world.Nodes[0].Chain.Tip;
Console.WriteLine(agrees
    ? Invariant($"All three agree on block {tip.Header.Height}, {tip.Id}, final with a certificate of {tip.Block.Certificate?.Length} bytes.")
    : "They do not agree.");
foreach (PrivateKey key in keys) key.Dispose();
return agrees ? 0 : 1;
