namespace Coniunctum.Consensus.Chain;

/// <summary>
/// How much of what is not proven yet each source may have here. Half of the whole is reserved in equal shares, so that no source
/// is refused for others' sake; the other half is common, and one source gets an eighth of it at most. What the node itself and
/// its users bring is counted, and held back elsewhere.
/// </summary>
/// <param name="capacity">The whole, in the unit of what is counted.</param>
/// <param name="slots">Among how many sources the reserved half is divided.</param>
/// <param name="largest">The largest single thing: no share is below it.</param>
internal sealed class SourceQuota(long capacity, int slots, long largest)
{
    private const int MostOfCommon = 8;

    private readonly Dictionary<PeerId, long> _held = [];
    private readonly long _reserved = Math.Max(capacity / 2 / slots, largest);
    private readonly long _common = Math.Max(capacity / 2, largest);
    private long _beyond;

    /// <summary>What all sources hold together.</summary>
    public long Held { get; private set; }

    /// <summary>What a source holds.</summary>
    public long HeldBy(PeerId source) => _held.GetValueOrDefault(source);

    /// <summary>Charges a source, if it may have that much.</summary>
    /// <param name="source">The source.</param>
    /// <param name="amount">How much more it wants.</param>
    public bool TryCharge(PeerId source, long amount)
    {
        long held = HeldBy(source);
        if (!source.IsOwn)
        {
            long beyond = Beyond(held + amount);
            long more = beyond - Beyond(held);
            if (more > 0 && (beyond > Math.Max(_common / MostOfCommon, largest) || _beyond + more > _common)) return false;
            _beyond += more;
        }

        _held[source] = held + amount;
        Held += amount;
        return true;
    }

    /// <summary>
    /// Returns the source that holds the most beyond its reserved share, where a charge that was refused would leave its source
    /// with less than that: what it got last is to make room. <c>null</c> where there is none.
    /// </summary>
    /// <param name="source">The source that was refused.</param>
    /// <param name="amount">How much it wanted.</param>
    public PeerId? WhoMakesRoomFor(PeerId source, long amount)
    {
        long wanted = Beyond(HeldBy(source) + amount);
        if (wanted > Math.Max(_common / MostOfCommon, largest)) return null;
        (PeerId largestHolder, long most) = (default, wanted);
        foreach ((PeerId other, long held) in _held)
        {
            if (!other.IsOwn && Beyond(held) > most) (largestHolder, most) = (other, Beyond(held));
        }

        return largestHolder.IsOwn ? null : largestHolder;
    }

    /// <summary>Gives back what was charged.</summary>
    public void Release(PeerId source, long amount)
    {
        long held = HeldBy(source);
        if (!source.IsOwn) _beyond -= Beyond(held) - Beyond(held - amount);
        Held -= amount;
        if (held == amount)
            _held.Remove(source);
        else
            _held[source] = held - amount;
    }

    private long Beyond(long held) => Math.Max(0, held - _reserved);
}
