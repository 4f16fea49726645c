
using Coniunctum.Consensus;

namespace Coniunctum.Simulation;

/// <summary>
/// The inputs of a node, one after the other: a step takes time, longer where it has read from the store, and what comes meanwhile
/// waits for it to end. What a step wants to happen happens at its end; a crash in between loses that.
/// </summary>
internal sealed class StepQueue(World world, SimulatedNode node, NodeOptions options)
{
    private readonly Queue<NodeInput> _waiting = new();
    private bool _isBusy;

    public void Clear()
    {
        _waiting.Clear();
        _isBusy = false;
    }

    public void Take(NodeInput input)
    {
        if (_isBusy)
            _waiting.Enqueue(input);
        else
            Begin(input);
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
            if (!_isBusy && _waiting.TryDequeue(out NodeInput? next)) Begin(next);
        });
    }
}
