using System.Diagnostics.CodeAnalysis;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Internal;

/// <summary>
/// A reading whose owner knows when it is not wanted any more, so that the tree's nodes are used again at once, and not when the
/// garbage collector has found it. Meanwhile others look into it (<see cref="TryLook"/>), or are given it for good
/// (<see cref="TryGive"/>): from then on it is the garbage collector's. Safe to use from all threads; no one waits.
/// </summary>
/// <param name="reading">The reading, which no one else may hold.</param>
public sealed class OwnedReading(StateReading reading)
{
    private const int Given = 1 << 30;
    private const int Retired = 1 << 29;

    private readonly StateReading _reading = reading ?? throw new ArgumentNullException(nameof(reading));

    // The two flags, and how many look into it.
    private int _state;

    /// <summary>Looks into the reading until what is returned is disposed; false when its owner has given it up.</summary>
    /// <param name="look">The look; dispose it soon.</param>
    public bool TryLook(out Look look)
    {
        int state = Volatile.Read(ref _state);
        while ((state & Given) == 0)
        {
            if ((state & Retired) != 0)
            {
                look = default;
                return false;
            }

            int found = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (found == state)
            {
                look = new Look(_reading, this);
                return true;
            }

            state = found;
        }

        look = new Look(_reading, null);
        return true;
    }

    /// <summary>Hands the reading out, to hold for as long as it is wanted; false when its owner has given it up.</summary>
    /// <param name="given">The reading.</param>
    public bool TryGive([NotNullWhen(true)] out StateReading? given)
    {
        int state = Volatile.Read(ref _state);
        while ((state & Given) == 0)
        {
            if ((state & Retired) != 0)
            {
                given = null;
                return false;
            }

            int found = Interlocked.CompareExchange(ref _state, state | Given, state);
            if (found == state) break;
            state = found;
        }

        given = _reading;
        return true;
    }

    /// <summary>Gives the reading up, once: its nodes are used again when the last look into it has ended, unless it was handed out.</summary>
    public void Retire()
    {
        if (Interlocked.Or(ref _state, Retired) == 0) _reading.Release();
    }

    private void EndLook()
    {
        if (Interlocked.Decrement(ref _state) == Retired) _reading.Release();
    }

    /// <summary>A look into a reading.</summary>
    public readonly ref struct Look
    {
        private readonly OwnedReading? _counted;

        internal Look(StateReading state, OwnedReading? counted) => (State, _counted) = (state, counted);

        /// <summary>The state.</summary>
        public StateReading State { get; }

        /// <summary>Ends the look.</summary>
        public void Dispose() => _counted?.EndLook();
    }
}
