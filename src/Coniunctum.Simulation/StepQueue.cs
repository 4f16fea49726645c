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
    private bool _isBusy;

    public void Clear()
    {
        _waiting.Clear();
        _isBusy = false;
    }

    public void Take(NodeInput input)
    {
        if (!_isBusy)
            Begin(input);
        else if (!_waiting.TryAdd(input))
            world.Record(node.Index, WorldEventKind.Refused, InputQueue.KindOf(input).ToString(), default);
    }

    private void Begin(NodeInput input)
    {
        int read = node.Store.Reads;
        List<NodeEffect> effects = node.Step(input);
        TimeSpan time = world.Draw(options.StepTime);
        for (; read < node.Store.Reads; read++) time += world.Draw(options.ReadTime);
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
        });
    }
}
