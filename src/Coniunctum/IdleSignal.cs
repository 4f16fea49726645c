using Coniunctum.Consensus.Chain;

namespace Coniunctum;

/// <summary>Those who wait until the chain has settled. Guarded by the runner's gate.</summary>
internal sealed class IdleSignal
{
    private TaskCompletionSource<bool>? _settled;

    /// <summary>Returns what is completed when the chain has settled, or <c>null</c> when it has.</summary>
    public TaskCompletionSource<bool>? Add(ChainCore chain) => chain.IsSettled
        ? null
        : _settled ??= Answers.New<bool>();

    /// <summary>Looks whether it has, after a step.</summary>
    public void Look(ChainCore chain)
    {
        if (_settled is null || !chain.IsSettled) return;
        _settled.TrySetResult(true);
        _settled = null;
    }

    public void Fail(Exception exception)
    {
        _settled?.TrySetException(exception);
        _settled = null;
    }
}
