namespace Coniunctum.P2P.Transport;

/// <summary>
/// How many connections a part of the network may make before any cryptography is done for it: 16 at once, then one each second. Groups
/// that are not remembered share one budget, so that memory is bounded whoever comes. Safe to use from several threads.
/// </summary>
internal sealed class AcceptBudget(TimeProvider clock)
{
    public const int Burst = 16;
    public const int MaxGroups = 4_096;

    private static readonly TimeSpan s_refill = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<AddressGroup, Bucket> _buckets = [];
    private readonly Bucket _others = new();

    /// <summary>Takes one connection of a group; false where it has none left.</summary>
    public bool TryTake(AddressGroup group)
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (!_buckets.TryGetValue(group, out Bucket? bucket))
            {
                if (_buckets.Count >= MaxGroups) Forget(now);
                bucket = _buckets.Count < MaxGroups ? _buckets[group] = new Bucket() : _others;
            }

            return bucket.TryTake(clock, now);
        }
    }

    /// <summary>A budget that is full again is as good as a new one.</summary>
    private void Forget(long now)
    {
        foreach ((AddressGroup group, Bucket bucket) in _buckets)
            if (bucket.IsFull(clock, now)) _buckets.Remove(group);
    }

    private sealed class Bucket
    {
        private double _left = Burst;
        private long _at = long.MinValue;

        public bool IsFull(TimeProvider clock, long now)
        {
            Refill(clock, now);
            return _left >= Burst;
        }

        public bool TryTake(TimeProvider clock, long now)
        {
            Refill(clock, now);
            if (_left < 1) return false;
            _left--;
            return true;
        }

        private void Refill(TimeProvider clock, long now)
        {
            if (_at != long.MinValue) _left = Math.Min(Burst, _left + (clock.GetElapsedTime(_at, now) / s_refill));
            _at = now;
        }
    }
}
