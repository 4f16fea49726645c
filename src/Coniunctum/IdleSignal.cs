using Coniunctum.Consensus.Chain;

namespace Coniunctum;

/// <summary>Those who wait until the chain has settled. Guarded by the host's gate.</summary>
internal sealed class IdleSignal
{
    private TaskCompletionSource? _settled;

    /// <summary>Returns what is completed when the chain has settled, or <c>null</c> when it has.</summary>
    public TaskCompletionSource? Add(ChainCore chain) => chain.IsSettled
        ? null
        : _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Looks whether it has, after a step.</summary>
    public void Look(ChainCore chain)
    {
        if (_settled is null || !chain.IsSettled) return;
        _settled.TrySetResult();
        _settled = null;
    }

    public void Fail(Exception exception)
    {
        _settled?.TrySetException(exception);
        _settled = null;
    }
}
