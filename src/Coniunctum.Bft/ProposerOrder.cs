using System.Collections.Immutable;

namespace Coniunctum.Bft;

/// <summary>
/// Whose turn it is to propose. Every member owns as many ticks of a circle as its weight; each step goes on by nearly the
/// golden section of the circle, which visits every tick once a turn and leaves no one waiting long, however the weights are.
/// </summary>
internal sealed class ProposerOrder
{
    // The golden section as a fraction of 2^64.
    private const ulong GoldenSection = 0x9E37_79B9_7F4A_7C15;

    private readonly ImmutableArray<ulong> _ends; // where each member's ticks end
    private readonly ulong _circle;
    private readonly ulong _stride;

    public ProposerOrder(ImmutableArray<Validator> members, ulong totalWeight)
    {
        _circle = totalWeight;
        ulong sum = 0;
        _ends = [.. members.Select(member => sum += member.Weight)];
        _stride = (ulong)((UInt128)totalWeight * GoldenSection >> 64);
        while (GreatestCommonDivisor(_stride, _circle) != 1) _stride++;
    }

    /// <summary>Returns the place of the member whose turn it is.</summary>
    public int At(ulong height, int round)
    {
        ulong step = (ulong)(((UInt128)height + (uint)round) % _circle);
        ulong tick = (ulong)((UInt128)step * _stride % _circle);
        int found = _ends.BinarySearch(tick + 1);
        return found >= 0 ? found : ~found;
    }

    private static ulong GreatestCommonDivisor(ulong left, ulong right)
    {
        while (right != 0) (left, right) = (right, left % right);
        return left;
    }
}
