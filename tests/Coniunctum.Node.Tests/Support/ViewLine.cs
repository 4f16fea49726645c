using Coniunctum.Consensus;

namespace Coniunctum.Node.Tests.Support;

/// <summary>A line of headers as ancestors, the last one the parent.</summary>
internal sealed class ViewLine(IReadOnlyList<HeaderView> headers) : IAncestors
{
    private readonly int _count = headers.Count;

    public HeaderView Parent => headers[_count - 1];

    public HeaderView At(ulong height) => headers[checked((int)(height - headers[0].Height))];

    public bool Has(ulong height) => height >= headers[0].Height;
}
