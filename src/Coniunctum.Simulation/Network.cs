namespace Coniunctum.Simulation;

/// <summary>Links between all nodes of a world, each direction with its own behaviour.</summary>
internal sealed class Network(World world, LinkOptions common)
{
    private readonly Dictionary<(int From, int To), LinkOptions> _links = [];
    private readonly HashSet<(int From, int To)> _cuts = [];

    public void Set(int from, int to, LinkOptions options) => _links[(from, to)] = options;

    public void Cut(int from, int to) => _cuts.Add((from, to));

    public void Heal() => _cuts.Clear();

    /// <summary>Sends a message; what is under way when a link is cut still arrives.</summary>
    public void Send(SimulatedNode from, SimulatedNode to, Message message)
    {
        world.Record(from.Index, WorldEventKind.Sent, message.Subject, message.Content);
        LinkOptions link = _links.GetValueOrDefault((from.Index, to.Index), common);
        if (_cuts.Contains((from.Index, to.Index)) || world.Random.Happens(link.Loss) || world.Loses?.Invoke(from, to, message.Subject, message.Content) == true)
        {
            world.Record(to.Index, WorldEventKind.Lost, message.Subject, message.Content);
            return;
        }

        int copies = world.Random.Happens(link.Duplication) ? 2 : 1;
        for (; copies > 0; copies--)
        {
            TimeSpan delay = world.Random.Between(link.LeastDelay, link.GreatestDelay);
            world.After(delay, to.Index, WorldEventKind.Arrived, message.Subject, message.Content, () => to.Receive(from, message));
        }
    }
}
