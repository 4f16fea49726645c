using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// The tree of headers behind genesis or a checkpoint, each checked by the chain's rule as it is added; its tip is the one with
/// the most work, of equals the first. For one thread at a time.
/// </summary>
/// <remarks>
/// Behind a checkpoint there are headers whose rule looks further back than there are ancestors: they are checked as far as
/// possible, and counted. Headers far below the tip are forgotten, so that memory does not grow with the chain; how many side
/// branches to take is the caller's business, who knows where they come from.
/// </remarks>
public sealed class HeaderChain
{
    /// <summary>The least number of headers below the tip that may be kept; windows of rules fit in.</summary>
    public const int MinKept = 2_048;

    private readonly HeaderProfile _profile;
    private readonly int _kept;
    private readonly Dictionary<BlockId, HeaderNode> _nodes = [];
    private HeaderNode _tip;
    private ulong _oldest;

    private HeaderChain(HeaderProfile profile, HeaderNode first, int kept)
    {
        (_profile, _tip, _oldest, _kept) = (profile, first, first.Height, kept);
        _nodes.Add(first.View.Id, first);
    }

    /// <summary>The tip of the chain of most work.</summary>
    public HeaderView Tip => _tip.View;

    /// <summary>The sum of the weights from the first header to the tip, both included.</summary>
    public Work Work => _tip.Work;

    /// <summary>How many headers were checked only in part, because their rule looks further back than the chain goes.</summary>
    public long PartlyChecked { get; private set; }

    /// <summary>Headers in memory.</summary>
    public int Count => _nodes.Count;

    /// <summary>Begins at genesis.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="kept">How many headers below the tip stay in memory: <see cref="MinKept"/> or more. Default: all.</param>
    public static HeaderChain FromGenesis(HeaderProfile profile, int kept = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, MinKept);
        return new HeaderChain(profile, new HeaderNode(profile.Genesis, null, profile.GenesisWeight, profile.Initial), kept);
    }

    /// <summary>Begins at a header that is trusted, under a rule that carries nothing from block to block. Its own proof is checked.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="checkpoint">The header; above genesis.</param>
    /// <param name="chain">The chain, if the header can be part of one.</param>
    /// <param name="kept">How many headers below the tip stay in memory: <see cref="MinKept"/> or more. Default: all.</param>
    public static Verdict Begin(HeaderProfile profile, in HeaderView checkpoint, out HeaderChain? chain, int kept = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, MinKept);
        ArgumentOutOfRangeException.ThrowIfZero(checkpoint.Height, nameof(checkpoint));
        Verdict verdict = profile.Rule.CheckAlone(checkpoint);
        chain = verdict.IsValid
            ? new HeaderChain(profile, new HeaderNode(checkpoint, null, profile.Rule.Weight(checkpoint, profile.Initial), profile.Initial), kept)
            : null;
        return verdict;
    }

    /// <summary>Checks a header and adds it behind its parent. One that is known already is valid, and nothing changes.</summary>
    /// <param name="header">The header.</param>
    /// <param name="now">The receiver's time, or <c>null</c> where no header may be deferred.</param>
    /// <param name="seals">Takes the signatures that validity depends on, which the caller verifies; none under proof-of-work.</param>
    public Verdict Add(in HeaderView header, Timestamp? now, SealClaims seals)
    {
        ArgumentNullException.ThrowIfNull(seals);
        if (_nodes.ContainsKey(header.Id)) return Verdict.Valid;
        if (!_nodes.TryGetValue(header.Header.Previous, out HeaderNode? parent)) return Verdict.MissingParent(header.Header.Previous);
        Verdict place = _profile.CheckPlace(header.Header, parent.View.Header);
        if (!place.IsValid) return place;
        var ancestors = new Line(this, parent);
        Verdict verdict = _profile.Rule.Check(header, ancestors, parent.State, now, seals);
        if (!verdict.IsValid) return verdict;
        Work weight = _profile.Rule.Weight(header, parent.State);
        if (!Work.TryAdd(parent.Work, weight, out Work work))
            return Verdict.Invalid(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256");
        if (!_profile.Rule.ChecksWholly(header.Height, ancestors, parent.State)) PartlyChecked++;
        Append(new HeaderNode(header, parent, work, _profile.Rule.Advance(parent.State, header, null)));
        return Verdict.Valid;
    }

    /// <summary>Returns the header at a height of the chain of most work, or <c>null</c> when it was forgotten or does not exist.</summary>
    /// <param name="height">The height.</param>
    public HeaderView? At(ulong height) =>
        height >= _oldest && height <= _tip.Height ? _tip.AncestorAt(height).View : null;

    private void Append(HeaderNode node)
    {
        _nodes.Add(node.View.Id, node);
        if (node.Work <= _tip.Work) return;
        _tip = node;
        if (node.Height - _oldest >= 2 * (ulong)_kept) Forget();
    }

    /// <summary>Forgets what lies deeper than is kept, and all branches that left the best chain there: rarely, and then many at once.</summary>
    private void Forget()
    {
        HeaderNode floor = _tip.AncestorAt(_tip.Height - (ulong)_kept);
        HeaderNode[] forgotten = [.. _nodes.Values.Where(node => node.Height < floor.Height || node.AncestorAt(floor.Height) != floor)];
        foreach (HeaderNode node in forgotten)
        {
            _nodes.Remove(node.View.Id);
            node.Detach();
        }

        floor.Detach();
        _oldest = floor.Height;
    }

    private sealed class Line(HeaderChain chain, HeaderNode parent) : IAncestors
    {
        public HeaderView Parent => parent.View;

        public HeaderView At(ulong height)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(height, parent.Height);
            ArgumentOutOfRangeException.ThrowIfLessThan(height, chain._oldest);
            return parent.AncestorAt(height).View;
        }

        public bool Has(ulong height) => height >= chain._oldest;
    }
}
