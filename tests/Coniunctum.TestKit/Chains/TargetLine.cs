using Coniunctum.Mining.Difficulty;

namespace Coniunctum.TestKit.Chains;

/// <summary>A line of headers that have a height, a time and a target, and nothing else.</summary>
internal sealed class TargetLine : IAncestors
{
    private readonly List<HeaderView> _headers = [];
    private readonly ulong _first;

    public TargetLine(ulong first = 0) => _first = first;

    public HeaderView Parent => _headers[^1];

    public int Count => _headers.Count;

    public HeaderView At(ulong height) => _headers[checked((int)(height - _first))];

    public bool Has(ulong height) => height >= _first;

    public TargetLine Add(ulong milliseconds, Target target)
    {
        _headers.Add(new HeaderView(
            new BlockHeader
            {
                Height = _first + (ulong)_headers.Count,
                Nonce = 0,
                Previous = default,
                MerkleRoot = Hash256.Zero,
                Target = target,
                Timestamp = new Timestamp(milliseconds),
            },
            default,
            default));
        return this;
    }
}
