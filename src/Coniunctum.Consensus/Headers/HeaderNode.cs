using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// A header in a tree of headers, with a pointer far back: any ancestor is found in a number of steps that grows with the
/// logarithm of the distance (E. W. Myers, "An applicative random-access stack", 1983; Bitcoin Core's pskip serves the same end).
/// </summary>
internal sealed class HeaderNode
{
    // Of the others the history tree is computed again where a branch begins there.
    private const ulong HistoryStride = 64;

    // Whether the history tree was known when the header came: then its ancestors keep what computes it again.
    private readonly bool _hasHistory;
    private HeaderNode _jump;
    private HistorySummits? _history;

    public HeaderNode(HeaderView view, HeaderNode? parent, Work work, RuleState state, HistorySummits? history = null)
    {
        (View, Work, State, Parent, _history, _hasHistory) = (view, work, state, parent, history, history is not null);
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

    public BlockId Id => View.Id;

    public ulong Height => View.Height;

    /// <summary>The parent, or <c>null</c> where the tree begins.</summary>
    public HeaderNode? Parent { get; private set; }

    /// <summary>The weight of the chain up to this one.</summary>
    public Work Work { get; }

    public RuleState State { get; set; }

    /// <summary>How many headers of the tree build on it.</summary>
    public int Children { get; set; }

    /// <summary>When it joined the tree, counted in headers.</summary>
    public long Arrival { get; set; }

    /// <summary>The history tree up to this one, or <c>null</c> where it is not known.</summary>
    public HistorySummits? History
    {
        get
        {
            if (!_hasHistory) return null;
            var path = new Stack<HeaderNode>();
            HeaderNode? known = this;
            for (; known is { _history: null }; known = known.Parent) path.Push(known);
            HistorySummits? history = known?._history;
            while (history is not null && path.TryPop(out HeaderNode? next)) history = history.With(next.Id, next.Work);
            return history;
        }
    }

    /// <summary>Returns the ancestor at a height, which must not lie below the first one that is kept.</summary>
    public HeaderNode AncestorAt(ulong height)
    {
        HeaderNode node = this;
        while (node.Height > height) node = node.StepToward(height);
        return node;
    }

    /// <summary>How many pointers lead from here to the ancestor at a height.</summary>
    public int StepsTo(ulong height)
    {
        int steps = 0;
        for (HeaderNode node = this; node.Height > height; steps++) node = node.StepToward(height);
        return steps;
    }

    /// <summary>Releases the history tree, which a child has now, but for every 64th height: it takes up to 4 KiB.</summary>
    public void ThinHistory()
    {
        if (Parent is not null && Height % HistoryStride != 0) _history = null;
    }

    /// <summary>Becomes the first of its tree. Jumps that lead here go no further.</summary>
    public void Detach()
    {
        _history = History;
        Forget();
    }

    /// <summary>Releases the ancestors.</summary>
    public void Forget() => (Parent, _jump) = (null, this);

    private HeaderNode StepToward(ulong height) => _jump.Height >= height && _jump != this ? _jump : Parent!;
}
