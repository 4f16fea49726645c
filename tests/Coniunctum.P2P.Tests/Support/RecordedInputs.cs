using Coniunctum.Consensus;
using Coniunctum.P2P.Internal;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>Takes a node's inputs and keeps them, as far as there is room.</summary>
internal sealed class RecordedInputs : INodeInputs
{
    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly List<NodeInput> _all = [];
    private readonly List<(NodeInput Input, TaskCompletionSource<bool> Taken)> _without = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For which inputs there is no room until <see cref="GiveRoom"/>.</summary>
    public Func<NodeInput, bool> HasNoRoom { get; set; } = _ => false;

    public IReadOnlyList<NodeInput> All
    {
        get
        {
            lock (_gate) return [.. _all];
        }
    }

    /// <summary>How many wait for room.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _without.Count;
        }
    }

    public ValueTask<bool> AddAsync(NodeInput input)
    {
        lock (_gate)
        {
            if (!HasNoRoom(input))
            {
                Add(input);
                return new ValueTask<bool>(true);
            }

            var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _without.Add((input, taken));
            Signal();
            return new ValueTask<bool>(taken.Task);
        }
    }

    /// <summary>Takes all that waits, and everything from now on.</summary>
    public void GiveRoom()
    {
        lock (_gate)
        {
            HasNoRoom = _ => false;
            foreach ((NodeInput input, TaskCompletionSource<bool> taken) in _without)
            {
                Add(input);
                taken.SetResult(true);
            }

            _without.Clear();
        }
    }

    /// <summary>Waits until an input has come.</summary>
    public async Task<T> FirstAsync<T>(Func<T, bool>? which = null)
        where T : NodeInput
    {
        T? found = null;
        await UntilAsync(() => (found = All.OfType<T>().FirstOrDefault(which ?? (_ => true))) is not null);
        return found!;
    }

    /// <summary>Waits until something holds; it is looked at whenever an input comes.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using var net = new CancellationTokenSource(s_net);
        while (true)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            if (condition()) return;
            await changed.WaitAsync(net.Token);
        }
    }

    private void Add(NodeInput input)
    {
        _all.Add(input);
        Signal();
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
