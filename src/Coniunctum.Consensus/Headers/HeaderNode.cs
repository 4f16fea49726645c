using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// A header in a tree of headers, with a pointer far back: any ancestor is found in a number of steps that grows with the
/// logarithm of the distance (E. W. Myers, "An applicative random-access stack", 1983; Bitcoin Core's pskip serves the same end).
/// </summary>
internal sealed class HeaderNode
{
    private HeaderNode? _parent;
    private HeaderNode _jump;

    public HeaderNode(HeaderView view, HeaderNode? parent, Work work, RuleState state)
    {
        (View, Work, State, _parent) = (view, work, state, parent);
        if (parent is null)
        {
            _jump = this;
            return;
        }

        // Two jumps of one length behind the parent become one of twice that and one.
        HeaderNode near = parent._jump, far = near._jump;
        _jump = parent.Height - near.Height == near.Height - far.Height ? far : parent;
    }

    public HeaderView View { get; }

    public ulong Height => View.Height;

    /// <summary>The sum of the weights from the chain's first header to this one.</summary>
    public Work Work { get; }

    public RuleState State { get; }

    /// <summary>Returns the ancestor at a height, which must not lie below the first one that is kept.</summary>
    public HeaderNode AncestorAt(ulong height)
    {
        HeaderNode node = this;
        while (node.Height > height) node = node._jump.Height >= height && node._jump != node ? node._jump : node._parent!;
        return node;
    }

    /// <summary>Forgets the ancestors. Jumps that lead here go no further.</summary>
    public void Detach() => (_parent, _jump) = (null, this);
}
