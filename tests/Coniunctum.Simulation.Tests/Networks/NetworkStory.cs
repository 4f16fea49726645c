namespace Coniunctum.Simulation.Tests.Networks;

/// <summary>What happens to a drawn network: troubles of the kinds that its seed has not left out, one upon the other; and what it must come to.</summary>
internal sealed class NetworkStory
{
    private const int Troubles = 4;
    private const int ForkBlocks = 50;

    private readonly NetworkScene _scene;
    private readonly SeededRandom _random;
    private readonly bool _isFast;
    private readonly bool _isFinal;
    private readonly List<string> _told = [];

    public NetworkStory(ulong seed, NetworkRule rule)
    {
        // One in four has blocks so fast that the two halves of a fork find each other on the connections that stand.
        _isFast = seed % 4 == 0 && rule is (NetworkRule.Heaviest or NetworkRule.Ghost);
        _isFinal = rule == NetworkRule.Bft;
        _scene = new NetworkScene(seed, rule, _isFast);
        _random = _scene.Random;
    }

    /// <summary>How many intervals it took at most until all had one tip.</summary>
    public double WorstIntervals { get; private set; }

    /// <summary>What happened, and what did not hold; the first line says which.</summary>
    public IReadOnlyList<string> Told => _told;

    public int BodiesReceived => _scene.World.Nodes.Where(node => node.IsUp).Sum(node => (int)node.Network!.Machine.Status.BlocksReceived);

    public int BodiesReceivedTwice => _scene.World.Nodes.Where(node => node.IsUp).Sum(node => (int)node.Network!.Machine.Status.BlocksReceivedTwice);

    /// <summary>Runs it; returns whether all that must hold did.</summary>
    public bool Run()
    {
        if (!_scene.RunUntil(() => _scene.Height >= 3 && _scene.IsAgreed, _scene.Interval * 60)) return Fail("it did not begin");
        foreach (Trouble trouble in Draw())
        {
            _told.Add($"{_scene.World.Now:c} {trouble}");
            Start(trouble);
            _scene.Invariants.Check(_isFinal);
            if (_scene.Invariants.Violations.Count > 0) return Fail(_scene.Invariants.Violations[0]);
            if (trouble != Trouble.ForkAtRest && !_random.Happens(0.4)) continue;
            if (!Heal()) return false;
        }

        return Heal() && End();
    }

    private IEnumerable<Trouble> Draw()
    {
        if (_isFast) return [Trouble.Skew, Trouble.ForkAtRest, Trouble.Partition];
        // Each seed leaves out some kinds, so that the others meet more often.
        Trouble[] kinds = [.. Enum.GetValues<Trouble>().Where(kind => kind != Trouble.None && _random.Happens(0.6))];
        return kinds.Length == 0 ? [Trouble.ForkAtRest] : [.. Enumerable.Range(0, Troubles).Select(_ => kinds[_random.Below(kinds.Length)])];
    }

    private void Start(Trouble trouble)
    {
        World world = _scene.World;
        switch (trouble)
        {
            case Trouble.Partition:
                world.Partition(Group(1 + _random.Below(NetworkScene.Size - 1)));
                _scene.RunFor(_random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(_isFast ? 20 : 60)));
                break;
            case Trouble.ForkAtRest:
                SimulatedNode[] half = Group(NetworkScene.Size / 2);
                ulong before = _scene.Height;
                world.Partition(half);
                _scene.RunUntil(() => _scene.Height >= before + ForkBlocks, _isFast ? TimeSpan.FromSeconds(85) : _scene.Interval * ForkBlocks * 2.5);
                break;
            case Trouble.Crash:
                for (int i = _random.Below(3); i >= 0; i--)
                {
                    SimulatedNode victim = world.Nodes[_random.Below(world.Nodes.Count)];
                    if (victim.IsUp) victim.CrashAndRestart(_random.Between(TimeSpan.Zero, TimeSpan.FromMinutes(1)));
                }

                _scene.RunFor(_random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(60)));
                break;
            case Trouble.LostTransfer:
                LoseTransfer();
                break;
            case Trouble.Skew:
                world.Nodes[_random.Below(world.Nodes.Count)].Clock.Offset += TimeSpan.FromMilliseconds(_random.Below(4_000) - 2_000);
                _scene.RunFor(_random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(10)));
                break;
            case Trouble.ManySynchronisations:
                foreach (SimulatedNode node in Drawn(_scene.Followers.Where(node => node.IsUp), 3))
                {
                    _scene.Invariants.NoteRestored(node);
                    node.CrashAndRestore(1 + _random.Below(node.Store.Durable), _random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
                }

                _scene.RunFor(_random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(10)));
                break;
            case Trouble.DoubleDials:
                int first = _random.Below(NetworkScene.Size);
                foreach (int index in (int[])[first, (first + 1) % NetworkScene.Size])
                    if (world.Nodes[index].IsUp) world.Nodes[index].CrashAndRestart(TimeSpan.FromSeconds(1));
                _scene.RunFor(_random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)));
                break;
            default:
                throw new InvalidOperationException($"{trouble} is no trouble.");
        }
    }

    /// <summary>Breaks connections of a node while it fetches a chain of which some have lost a part.</summary>
    private void LoseTransfer()
    {
        World world = _scene.World;
        SimulatedNode[] followers = [.. Drawn(_scene.Followers.Where(node => node.IsUp), 2)];
        if (followers.Length < 2) return;
        // Who prunes what only a losing chain has cannot leave that chain any more, and says so.
        if (world.Nodes.All(node => node.IsUp && node.Store.Tip?.Id == world.Nodes[0].Store.Tip?.Id)) followers[0].CrashAndPrune(TimeSpan.FromMilliseconds(100));
        SimulatedNode fetching = followers[1];
        if (world.Nodes.Count < NetworkScene.MostNodes)
        {
            fetching = _scene.Add();
        }
        else
        {
            _scene.Invariants.NoteRestored(fetching);
            fetching.CrashAndRestore(1, TimeSpan.FromMilliseconds(100));
        }

        for (int i = 0; i < 8; i++)
        {
            _scene.RunFor(_random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(600)));
            foreach (SimulatedNode other in world.Nodes)
            {
                if (other != fetching && _random.Happens(0.5)) world.Reset(fetching, other);
            }
        }
    }

    /// <summary>Mends all, and asks for one tip within ten intervals, or ten rounds where rounds have become longer than intervals.</summary>
    private bool Heal()
    {
        World world = _scene.World;
        foreach (SimulatedNode node in world.Nodes.Where(node => !node.IsUp)) node.Restart();
        _scene.RunFor(TimeSpan.FromMilliseconds(1));
        _scene.Invariants.NoteHeld();
        world.Heal();
        _told.Add($"{world.Now:c} healed");
        TimeSpan healed = world.Now;
        TimeSpan interval = _isFinal ? LongestRound() : _scene.Interval;
        ulong height = _scene.Height;
        // For proof-of-work the halves may have the same weight, until one finds another block.
        if (!_scene.RunUntil(() => _scene.IsAgreed && _scene.Height >= height, interval * 10))
            return Fail($"no one tip within ten intervals of {interval}: {string.Join(", ", world.Nodes.Select(Describe))}");
        WorstIntervals = Math.Max(WorstIntervals, (world.Now - healed) / interval);
        _scene.Invariants.Check(_isFinal);
        return _scene.Invariants.Violations.Count == 0 || Fail(_scene.Invariants.Violations[0]);
    }

    /// <summary>Everything that was held is in the chain, and no two nodes are connected twice.</summary>
    private bool End()
    {
        World world = _scene.World;
        if (!_scene.RunUntil(() => world.Nodes.All(node => node.IsUp && _scene.Invariants.CountLost(node) == 0), _scene.Interval * 40))
            return Fail(Invariant($"{world.Nodes.Where(node => node.IsUp).Max(_scene.Invariants.CountLost)} payments are lost that were in a chain or a pool"));
        if (!_scene.RunUntil(() => world.Nodes.All(IsConnectedOnce), TimeSpan.FromMinutes(2))) return Fail("some are connected twice");
        _scene.Invariants.Check(_isFinal);
        return _scene.Invariants.Violations.Count == 0 || Fail(_scene.Invariants.Violations[0]);
    }

    private static bool IsConnectedOnce(SimulatedNode node)
    {
        var peers = node.Network!.Machine.Status.Peers;
        return peers.Select(peer => peer.Node).Distinct().Count() == peers.Length;
    }

    /// <summary>A round of a height that nothing was decided at for as long as this takes three steps, each longer than in the one before.</summary>
    private TimeSpan LongestRound()
    {
        TimeSpan still = _scene.World.Now - _scene.Invariants.LastMove;
        double growth = 0.75, first = 4;
        double round = (Math.Sqrt((first * first) + (2 * growth * still.TotalSeconds)) - first) / growth;
        return TimeSpan.FromSeconds(first + (growth * round));
    }

    private static string Describe(SimulatedNode node)
    {
        var status = node.Network!.Machine.Status;
        string sync = status.IsSynchronised ? "" : Invariant($" ({(status.IsSynchronising ? "synchronising" : "waiting")}, {status.Synchronisations} begun, last failure: {status.LastFailure ?? "none"})");
        return Invariant($"{node.Chain.Tip.Header.Height} {node.Chain.Tip.Id.ToString()[..6]} of {node.PeerCount}{sync}");
    }

    private SimulatedNode[] Group(int size) => Drawn(_scene.World.Nodes, size);

    private SimulatedNode[] Drawn(IEnumerable<SimulatedNode> nodes, int count)
    {
        List<SimulatedNode> left = [.. nodes];
        var drawn = new List<SimulatedNode>();
        while (drawn.Count < count && left.Count > 0)
        {
            int index = _random.Below(left.Count);
            drawn.Add(left[index]);
            left.RemoveAt(index);
        }

        return [.. drawn];
    }

    private bool Fail(string why)
    {
        _told.Insert(0, why);
        return false;
    }
}
