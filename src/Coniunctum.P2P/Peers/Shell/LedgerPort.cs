using Coniunctum.P2P.Internal;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>A ledger as the shell knows it. Safe to use from several threads.</summary>
/// <param name="channel">The channel on which this node speaks of it, on every connection.</param>
/// <param name="decoder">Decodes what peers say of it.</param>
/// <param name="store">Answers what its machine asks of the store.</param>
/// <param name="inputs">Takes what comes of both.</param>
/// <param name="isNumbered">Whether its machine knows connections by numbers of its openings on them (<see cref="LedgerPeerId"/>).</param>
internal sealed class LedgerPort(byte channel, MessageDecoder decoder, StoreAnswers store, INodeInputs inputs, bool isNumbered = false)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reading;
    private bool _isEnding;

    public byte Channel => channel;

    public MessageDecoder Decoder => decoder;

    public StoreAnswers Store => store;

    public INodeInputs Inputs => inputs;

    public bool IsNumbered => isNumbered;

    /// <summary>Begins to read the store; false once the ledger ends.</summary>
    public bool TryBeginReading()
    {
        lock (_gate)
        {
            if (_isEnding) return false;
            _reading++;
            return true;
        }
    }

    /// <summary>The store was read.</summary>
    public void EndReading()
    {
        lock (_gate)
        {
            if (--_reading == 0 && _isEnding) _ended.TrySetResult();
        }
    }

    /// <summary>Has the store not read any more, and waits until it is not.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _isEnding = true;
            if (_reading == 0) _ended.TrySetResult();
        }

#pragma warning disable VSTHRD003 // A signal of this class.
        return _ended.Task;
#pragma warning restore VSTHRD003
    }
}
