using System.Runtime.ExceptionServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Applications;

/// <summary>An application's own entries, to read; no one else's can be reached from here. For one method's run, on one thread.</summary>
public abstract class ApplicationView
{
    private readonly LedgerLimits _limits;
    private readonly WorkMeter _meter;
    private ExceptionDispatchInfo? _ledgerFault;
    private bool _isOver;

    private protected ApplicationView(AppId application, ulong height, LedgerLimits limits, WorkMeter meter)
    {
        Application = application;
        Height = height;
        _limits = limits;
        _meter = meter;
    }

    /// <summary>The height of the block in which a call would be, or is, done.</summary>
    public ulong Height { get; }

    /// <summary>
    /// The root of the history up to the block before (PROTOCOL, "History"): it names that block and all before it, so that no one
    /// knows it before that block is made. Whoever makes that block chooses it among those of the blocks that it could make instead.
    /// </summary>
    public Hash256 HistoryRoot
    {
        get
        {
            Count(WorkMeter.Read);
            return ReadHistoryRoot();
        }
    }

    /// <summary>Why the view has ended the run, whatever the application made of it; <c>null</c> when it has not.</summary>
    internal string? EndedBy { get; private set; }

    private protected AppId Application { get; }

    /// <summary>Returns the value of a key; empty when the key has none. Do not change the bytes.</summary>
    /// <param name="key">The application's own key. Whether it is too long to have a value makes no difference.</param>
    public ReadOnlyMemory<byte> Get(ReadOnlySpan<byte> key)
    {
        Count(WorkMeter.Read + key.Length);
        if (key.Length > _limits.MaxEntryKeyBytes) return default;
        ReadOnlyMemory<byte> value;
        try
        {
            value = Read(key);
        }
        catch (Exception fault)
        {
            throw Remember(fault);
        }

        Count(value.Length);
        return value;
    }

    /// <summary>Counts work that reads and sets nothing, such as the rounds of a loop; beyond the limit the call ends as refused.</summary>
    /// <param name="work">Any number that every node counts alike; a unit is about the time of reading a byte.</param>
    public void Charge(uint work) => Count(work);

    /// <summary>Says that the method has returned, and throws what the ledger itself threw meanwhile: no call is to blame for that.</summary>
    internal void Close()
    {
        _isOver = true;
        _ledgerFault?.Throw();
    }

    private protected abstract ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> key);

    private protected abstract Hash256 ReadHistoryRoot();

    private protected void Count(long work)
    {
        if (_isOver) throw new InvalidOperationException("The method that this was given to has returned.");
        if (EndedBy is { } reason) throw new CallEndedException(reason);
        if (!_meter.TryCharge(work)) throw End(Invariant($"more work than {_meter.Limit}"));
    }

    private protected CallEndedException End(string reason)
    {
        EndedBy = reason;
        return new CallEndedException(reason);
    }

    /// <summary>Keeps what the ledger threw, to be thrown again when the application has returned.</summary>
    private protected Exception Remember(Exception fault)
    {
        _ledgerFault ??= ExceptionDispatchInfo.Capture(fault);
        return new CallEndedException("the ledger failed");
    }
}
