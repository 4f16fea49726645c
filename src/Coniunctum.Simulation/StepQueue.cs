using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;

namespace Coniunctum.Simulation;

/// <summary>
/// The inputs of a node, one after the other, in the order of <see cref="InputQueue"/>: a step takes time, longer where it has read from the store, and what comes meanwhile
/// waits for it to end. What a step wants to happen happens at its end; a crash in between loses that.
/// </summary>
internal sealed class StepQueue(World world, SimulatedNode node, NodeOptions options)
{
    private readonly InputQueue _waiting = new();
    private readonly SeededRandom _random = node.RandomFor("steps");
    private bool _isBusy;

    public void Clear()
    {
        _waiting.Clear();
        _isBusy = false;
    }

    /// <summary>Takes an input, now or later.</summary>
    /// <returns>False where there is no room for what its peer has sent.</returns>
    public bool TryTake(NodeInput input)
    {
        if (_isBusy)
        {
            if (_waiting.TryAdd(input)) return true;
            world.Record(node.Index, WorldEventKind.Refused, InputQueue.KindOf(input).ToString(), default);
            return false;
        }

        Begin(input);
        return true;
    }

    private void Begin(NodeInput input)
    {
        int read = node.Store.Reads;
        List<NodeEffect> effects = node.Step(input);
        TimeSpan time = _random.UpTo(options.StepTime);
        for (; read < node.Store.Reads; read++) time += _random.UpTo(options.ReadTime);
        if (time == TimeSpan.Zero)
        {
            node.Run(effects);
            return;
        }

        _isBusy = true;
        node.After(time, WorldEventKind.StepEnded, "", default, () =>
        {
            _isBusy = false;
            node.Run(effects);
            if (!_isBusy && _waiting.TryTake(out NodeInput? next)) Begin(next);
            node.OfferWaiting();
        });
    }
}
