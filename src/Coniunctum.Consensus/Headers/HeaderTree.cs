using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// The tree of headers behind genesis, a checkpoint or what a store has, each judged before it joins by all that can be said without
/// a body; its tip is the one of most work, of equals the first. It recovers no signature, knows no clock and reads nothing. For one
/// thread at a time.
/// </summary>
/// <remarks>
/// Behind a checkpoint there are headers whose rule looks further back than there are ancestors: they are checked as far as
/// possible, and counted. Headers far below the tip are forgotten, so that memory does not grow with the chain.
/// </remarks>
public sealed class HeaderTree
{
    /// <summary>The least number of headers below the tip that may be kept; windows of rules fit in.</summary>
    public const int MinKept = 2_048;

    /// <summary>The most identities of a locator.</summary>
    public const int MaxLocator = 32;

    // One by one as far as most reorganizations go, then ever wider apart.
    private const int LocatorSingles = 10;

    private static readonly IComparer<(Work Work, long Arrival)> s_best = Comparer<(Work Work, long Arrival)>.Create((left, right) =>
        right.Work.CompareTo(left.Work) is not 0 and var order ? order : left.Arrival.CompareTo(right.Arrival));

    // Of a header that came without a certificate; never added to.
    private static readonly SealClaims s_noClaims = new();

    private readonly HeaderProfile _profile;
    private readonly HeaderTreeOptions _options;
    private readonly Dictionary<BlockId, HeaderNode> _nodes = [];
    private HeaderNode _tip;
    private ulong _oldest;
    private long _arrivals;

    private HeaderTree(HeaderProfile profile, HeaderNode first, HeaderTreeOptions? options)
    {
        options ??= new HeaderTreeOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Kept, MinKept, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSides, 1, nameof(options));
        (_profile, _tip, _oldest, _options) = (profile, first, first.Height, options);
        _nodes.Add(first.Id, first);
    }

    /// <summary>The tip of the chain of most work.</summary>
    public ChainedHeader Tip => Describe(_tip);

    /// <summary>The tip's identity.</summary>
    public BlockId TipId => _tip.Id;

    /// <summary>The tip's height.</summary>
    public ulong TipHeight => _tip.Height;

    /// <summary>The weight of the chain up to the tip; behind a checkpoint of what is known of it.</summary>
    public Work Work => _tip.Work;

    /// <summary>How many headers were checked only in part, because their rule, or the history tree, looks further back than the chain goes.</summary>
    public long PartlyChecked { get; private set; }

    /// <summary>Headers in memory.</summary>
    public int Count => _nodes.Count;

    private int Sides => _nodes.Count - (int)(_tip.Height - _oldest) - 1;

    /// <summary>Begins at genesis.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="options">What to keep; <c>null</c> for the defaults.</param>
    public static HeaderTree FromGenesis(HeaderProfile profile, HeaderTreeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        HistorySummits? history = profile.HasHistory ? HistorySummits.None.With(profile.Genesis.Id, profile.GenesisWeight) : null;
        return new HeaderTree(profile, new HeaderNode(profile.Genesis, null, profile.GenesisWeight, profile.Initial, history), options);
    }

    /// <summary>Begins at a header that is trusted, under a rule that carries nothing from block to block. Its own proof is checked.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="checkpoint">The header; above genesis.</param>
    /// <param name="tree">The tree, if the header can be part of a chain.</param>
    /// <param name="options">What to keep; <c>null</c> for the defaults.</param>
    public static Verdict Begin(HeaderProfile profile, in HeaderView checkpoint, out HeaderTree? tree, HeaderTreeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentOutOfRangeException.ThrowIfZero(checkpoint.Height, nameof(checkpoint));
        Verdict verdict = profile.Rule.CheckAlone(checkpoint);
        tree = verdict.IsValid
            ? new HeaderTree(profile, new HeaderNode(checkpoint, null, profile.Rule.Weight(checkpoint, profile.Initial), profile.Initial), options)
            : null;
        return verdict;
    }

    /// <summary>
    /// Begins with headers that are trusted as they are, such as the last ones of one's own store: <see cref="MinKept"/> of them, or all
    /// down to genesis, are as many as any rule in use looks back.
    /// </summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="line">One or more headers, each the child of the one before it. The first one's history tree makes the others' known.</param>
    /// <param name="options">What to keep; <c>null</c> for the defaults.</param>
    /// <exception cref="ArgumentException">They do not follow each other.</exception>
    public static HeaderTree From(HeaderProfile profile, IReadOnlyList<ChainedHeader> line, HeaderTreeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(line);
        if (line.Count == 0) throw new ArgumentException("There is no header to begin with.", nameof(line));
        ChainedHeader first = line[0];
        HistorySummits? history = profile.HasHistory ? first.History : null;
        var tree = new HeaderTree(profile, new HeaderNode(first.Header, null, first.ChainWeight, first.State, history), options);
        for (int i = 1; i < line.Count; i++)
        {
            ChainedHeader next = line[i];
            if (next.Header.Header.Previous != tree._tip.Id || next.Height != tree._tip.Height + 1 || next.ChainWeight <= tree._tip.Work)
                throw new ArgumentException(Invariant($"The header at place {i}, height {next.Height}, does not follow the one before it."), nameof(line));
            history = history?.With(next.Id, next.ChainWeight);
            tree.Join(new HeaderNode(next.Header, tree._tip, next.ChainWeight, next.State, history));
        }

        return tree;
    }

    /// <summary>Returns whether a header is in memory.</summary>
    /// <param name="id">Its identity.</param>
    public bool Contains(BlockId id) => _nodes.ContainsKey(id);

    /// <summary>Returns a header that is in memory, on the chain of most work or beside it, or <c>null</c>.</summary>
    /// <param name="id">Its identity.</param>
    public ChainedHeader? Find(BlockId id) => _nodes.TryGetValue(id, out HeaderNode? node) ? Describe(node) : null;

    /// <summary>Returns the header at a height of the chain of most work, or <c>null</c> when it was forgotten or does not exist.</summary>
    /// <param name="height">The height.</param>
    public HeaderView? At(ulong height) => height >= _oldest && height <= _tip.Height ? _tip.AncestorAt(height).View : null;

    /// <summary>Returns the identity of a header's ancestor, or <c>null</c> where header or ancestor is not in memory.</summary>
    /// <param name="id">The header.</param>
    /// <param name="height">The ancestor's height; at most the header's own.</param>
    public BlockId? AncestorOf(BlockId id, ulong height) =>
        _nodes.TryGetValue(id, out HeaderNode? node) && height >= _oldest && height <= node.Height ? node.AncestorAt(height).Id : null;

    /// <summary>
    /// Judges heads that follow each other, the first of them behind any header of the tree, by all but their signatures. Those that the
    /// tree has already, at the beginning, are passed over. Nothing joins the tree.
    /// </summary>
    /// <param name="heads">The heads, in rising height.</param>
    /// <param name="now">The receiver's time, or <c>null</c> where no header may be deferred.</param>
    /// <returns>Those that are sound up to the first that is not, with what they claim.</returns>
    public HeaderBatch Judge(IReadOnlyList<ReceivedHead> heads, Timestamp? now)
    {
        ArgumentNullException.ThrowIfNull(heads);
        var items = new List<HeaderBatch.Item>(heads.Count);
        HeaderNode? parent = null;
        HistorySummits? history = null;
        Verdict verdict = Verdict.Valid;
        for (int i = 0; i < heads.Count && verdict.IsValid; i++)
        {
            ReceivedHead head = heads[i];
            if (i > 0 && head.Header.Header.Previous != heads[i - 1].Header.Id)
            {
                verdict = Verdict.Invalid(BlockRule.PreviousUnknown, head.Header.Header.Previous.Value, heads[i - 1].Header.Id.Value);
                break;
            }

            if (items.Count == 0 && _nodes.ContainsKey(head.Header.Id)) continue;
            if (parent is null)
            {
                if (!_nodes.TryGetValue(head.Header.Header.Previous, out parent))
                {
                    verdict = Verdict.MissingParent(head.Header.Header.Previous);
                    break;
                }

                history = parent.History;
            }

            verdict = Judge(head.Header, head.Certificate, parent, history, now, out HeaderBatch.Item item);
            if (!verdict.IsValid) break;
            items.Add(item);
            (parent, history) = (item.Node, history is null ? null : item.Node.History);
        }

        return new HeaderBatch(items, verdict);
    }

    /// <summary>Lets the heads of a batch join the tree.</summary>
    /// <param name="batch">The batch, whose signatures are verified.</param>
    /// <returns>Whether they are in the tree as they were judged; <c>false</c> where that has changed meanwhile, so that they are to be judged again.</returns>
    /// <exception cref="ArgumentException">Signatures are left to be verified: nothing that is not proven weighs.</exception>
    public bool Append(HeaderBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!batch.IsProven) throw new ArgumentException("The batch's signatures were not verified.", nameof(batch));
        if (batch.Items is not [var first, ..]) return true;
        // Another batch may have brought the same: what follows then builds on an equal header of that one.
        HeaderNode parent = first.Node.Parent!;
        if (_nodes.ContainsKey(first.Node.Id) || !ReferenceEquals(_nodes.GetValueOrDefault(parent.Id), parent)) return false;
        foreach (HeaderBatch.Item item in batch.Items) Join(item);
        KeepBounds();
        return true;
    }

    /// <summary>
    /// Judges a header and lets it join at once, for whoever verifies the signatures afterwards and discards the tree where one is bad.
    /// One that is known already is valid, and nothing changes.
    /// </summary>
    /// <param name="header">The header.</param>
    /// <param name="now">The receiver's time, or <c>null</c> where no header may be deferred.</param>
    /// <param name="signatures">Takes the signatures that validity depends on; none under proof-of-work.</param>
    /// <param name="certificate">The certificate, where one came along.</param>
    public Verdict Add(in HeaderView header, Timestamp? now, SealClaims signatures, ReadOnlyMemory<byte>? certificate = null)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        if (_nodes.ContainsKey(header.Id)) return Verdict.Valid;
        if (!_nodes.TryGetValue(header.Header.Previous, out HeaderNode? parent)) return Verdict.MissingParent(header.Header.Previous);
        Verdict verdict = Judge(header, certificate, parent, parent.History, now, out HeaderBatch.Item item);
        if (!verdict.IsValid) return verdict;
        foreach (SignatureClaim claim in item.Seals.Claims) signatures.Add(claim);
        foreach (SignatureClaim claim in item.Certificate.Claims) signatures.Add(claim);
        Join(item);
        KeepBounds();
        return Verdict.Valid;
    }

    /// <summary>Judges the certificate of a header of the tree, which came without it.</summary>
    /// <param name="id">The header; not the tree's first.</param>
    /// <param name="certificate">The certificate, or <c>null</c> where the block has none.</param>
    /// <param name="signatures">Takes the signatures that it consists of.</param>
    /// <exception cref="ArgumentException">The tree does not have the header and its parent.</exception>
    public Verdict JudgeCertificate(BlockId id, ReadOnlyMemory<byte>? certificate, SealClaims signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        return _nodes.GetValueOrDefault(id) is { Parent: { } parent } node
            ? _profile.HeaderValidator.JudgeCertificate(node.View, certificate, parent.State, signatures)
            : throw new ArgumentException($"The tree does not have the header {id} and its parent.", nameof(id));
    }

    /// <summary>Takes what the rule is said to carry on after a header, where headers alone do not decide it.</summary>
    /// <param name="id">The header.</param>
    /// <param name="state">What it carries on.</param>
    /// <exception cref="ArgumentException">The tree does not have the header.</exception>
    public void TrustState(BlockId id, RuleState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!_nodes.TryGetValue(id, out HeaderNode? node)) throw new ArgumentException($"The tree does not have the header {id}.", nameof(id));
        node.State = state;
    }

    /// <summary>Removes a header whose block turned out invalid, with all that builds on it. The tip is the best of what is left.</summary>
    /// <param name="id">The header; not the tree's first.</param>
    /// <returns>How many were removed; 0 where it is not there.</returns>
    public int Remove(BlockId id)
    {
        if (!_nodes.TryGetValue(id, out HeaderNode? top)) return 0;
        if (top.Parent is null) throw new ArgumentException("A tree keeps its first header.", nameof(id));
        HeaderNode[] removed = [.. _nodes.Values.Where(node => node.Height >= top.Height && ReferenceEquals(node.AncestorAt(top.Height), top))];
        foreach (HeaderNode node in removed) Drop(node);
        if (removed.Contains(_tip)) _tip = _nodes.Values.MinBy(node => (node.Work, node.Arrival), s_best)!;
        return removed.Length;
    }

    /// <summary>
    /// Returns identities of a chain from a header downwards: ten by one, then ever wider apart, the first one that is known last. Whoever
    /// has one of them knows where to go on.
    /// </summary>
    /// <param name="from">The header; <c>null</c> for the tip.</param>
    /// <param name="below">Returns identities of the chain below the headers in memory, by height; <c>null</c> where those are not to be had.</param>
    /// <exception cref="ArgumentException">The tree does not have the header.</exception>
    public ImmutableArray<BlockId> Locator(BlockId? from = null, Func<ulong, BlockId?>? below = null)
    {
        HeaderNode node = from is not { } id ? _tip
            : _nodes.GetValueOrDefault(id) ?? throw new ArgumentException($"The tree does not have the header {id}.", nameof(from));
        var locator = ImmutableArray.CreateBuilder<BlockId>(MaxLocator);
        ulong lowest = below is null ? _oldest : 0;
        ulong distance = 1;
        for (ulong height = node.Height; locator.Count < MaxLocator; height = height - lowest > distance ? height - distance : lowest)
        {
            // The last place is for the lowest, however far that is.
            if (locator.Count == MaxLocator - 1) height = lowest;
            if (height >= _oldest)
                locator.Add(node.AncestorAt(height).Id);
            else if (below!(height) is { } stored)
                locator.Add(stored);
            if (height == lowest) break;
            if (locator.Count >= LocatorSingles) distance *= 2;
        }

        return locator.DrainToImmutable();
    }

    private static ChainedHeader Describe(HeaderNode node) => new(node.View, node.State, node.Work, node.History);

    private Verdict Judge(
        in HeaderView header, ReadOnlyMemory<byte>? witness, HeaderNode parent, HistorySummits? history, Timestamp? now, out HeaderBatch.Item item)
    {
        item = default;
        HeaderValidator validator = _profile.HeaderValidator;
        Verdict verdict = validator.CheckPlace(header, parent.View);
        if (!verdict.IsValid) return verdict;
        var ancestors = new Line(this, parent);
        SealClaims seals = new(), certificate = s_noClaims;
        verdict = validator.CheckRule(header, ancestors, parent.State, witness is not null, now, seals);
        if (verdict.IsValid && history is not null) verdict = HeaderValidator.CheckHistory(header, history);
        if (verdict.IsValid && (witness is not null || _options.NeedsCertificates))
        {
            certificate = new SealClaims();
            verdict = validator.JudgeCertificate(header, witness, parent.State, certificate);
        }

        if (!verdict.IsValid) return verdict;
        verdict = validator.Extend(header, parent.State, parent.Work, out HeaderValidator.Link link);
        if (!verdict.IsValid) return verdict;
        bool isWhole = _profile.Rule.ChecksWholly(header.Height, ancestors, parent.State) && (history is not null || !_profile.HasHistory);
        // The seal is a slice of a message's bytes, which it would keep.
        HeaderView kept = header.Seal.IsEmpty ? header with { Seal = default } : header with { Seal = header.Seal.ToArray() };
        var node = new HeaderNode(kept, parent, link.ChainWeight, link.State, history?.With(header.Id, link.ChainWeight));
        item = new HeaderBatch.Item(node, seals, certificate, isWhole);
        return Verdict.Valid;
    }

    private void Join(in HeaderBatch.Item item)
    {
        Join(item.Node);
        if (!item.IsWhole) PartlyChecked++;
    }

    /// <summary>Forgets what is more than is kept.</summary>
    private void KeepBounds()
    {
        if (_tip.Height - _oldest >= 2 * (ulong)_options.Kept) Forget();
        if (Sides > _options.MaxSides) DropLightest();
    }

    private void Join(HeaderNode node)
    {
        _nodes.Add(node.Id, node);
        node.Arrival = ++_arrivals;
        node.Parent!.Children++;
        node.Parent.ThinHistory();
        if (node.Work > _tip.Work) _tip = node;
    }

    private void Drop(HeaderNode node)
    {
        _nodes.Remove(node.Id);
        if (node.Parent is { } parent) parent.Children--;
    }

    /// <summary>Forgets what lies deeper than is kept, and all branches that left the best chain there: rarely, and then many at once.</summary>
    private void Forget()
    {
        HeaderNode floor = _tip.AncestorAt(_tip.Height - (ulong)_options.Kept);
        floor.Detach();
        HeaderNode[] forgotten = [.. _nodes.Values.Where(node => node.Height < floor.Height || node.AncestorAt(floor.Height) != floor)];
        foreach (HeaderNode node in forgotten) _nodes.Remove(node.Id);
        foreach (HeaderNode node in forgotten) node.Forget();
        _oldest = floor.Height;
    }

    /// <summary>Drops the lightest branches until a quarter of the room is free.</summary>
    private void DropLightest()
    {
        int most = _options.MaxSides - (_options.MaxSides / 4);
        while (Sides > most)
        {
            HeaderNode[] ends = [.. _nodes.Values.Where(node => node.Children == 0 && node != _tip).OrderBy(node => node.Work).ThenByDescending(node => node.Arrival)];
            foreach (HeaderNode end in ends)
            {
                HeaderNode? node = end;
                for (; Sides > most && node is { Children: 0, Parent: not null } && node != _tip; node = node.Parent) Drop(node);
            }
        }
    }

    private sealed class Line(HeaderTree tree, HeaderNode parent) : IAncestors
    {
        public HeaderView Parent => parent.View;

        public HeaderView At(ulong height)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(height, parent.Height);
            if (height < tree._oldest && tree._options.ReadBelow is { } read) return read(height);
            ArgumentOutOfRangeException.ThrowIfLessThan(height, tree._oldest);
            return parent.AncestorAt(height).View;
        }

        public bool Has(ulong height) => height >= tree._oldest || tree._options.ReadBelow is not null;
    }
}
