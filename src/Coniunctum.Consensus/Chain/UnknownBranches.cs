using Coniunctum.Consensus.Headers;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Chains of blocks whose ruleset this software does not know. Their headers are judged by the rules that are known, so that
/// each of them costs its maker as much as a block; what they do to the state is no one's business here. They never become
/// part of the best chain: they warn, and when it is settled that the others have gone that way, the node stops.
/// </summary>
internal sealed class UnknownBranches
{
    // Headers of a few hundred bytes. The lightest go first, so that cheap ones from far below push out none that matter.
    private const int MaxNodes = 4096;

    private readonly ChainProfile _profile;
    private readonly ConsensusParts _consensus;
    private readonly HeaderValidator _headers;
    private readonly BlockTree _tree;
    private readonly BestChain _best;
    private readonly SideBranches _sides;
    private readonly StoredHeaders _stored;
    private readonly StoredBlockLoader _loader;
    private readonly bool _isIgnored;
    private readonly ushort _known;
    private readonly Dictionary<BlockId, UnknownNode> _nodes = [];
    private readonly SortedSet<UnknownNode> _ends = new(Comparer<UnknownNode>.Create(Compare));
    private long _arrivals;

    /// <summary>Begins with what an earlier run has noted.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="consensus">The known rule.</param>
    /// <param name="headers">Judges headers by it.</param>
    /// <param name="tree">The known blocks.</param>
    /// <param name="best">The best chain of the known blocks.</param>
    /// <param name="sides">Those beside it.</param>
    /// <param name="stored">Its headers in the store.</param>
    /// <param name="loader">Brings back blocks that have left memory.</param>
    /// <param name="isIgnored">Whether the node's owner has decided to stay with the known rules.</param>
    /// <param name="record">What the store remembers, or <c>null</c>.</param>
    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    public UnknownBranches(
        ChainProfile profile, ConsensusParts consensus, HeaderValidator headers, BlockTree tree, BestChain best, SideBranches sides, StoredHeaders stored,
        StoredBlockLoader loader, bool isIgnored, ReadOnlyMemory<byte>? record)
    {
        (_profile, _consensus, _headers, _tree, _best, _sides, _stored, _loader) = (profile, consensus, headers, tree, best, sides, stored, loader);
        (_isIgnored, _known) = (isIgnored, profile.RulesetAt(ulong.MaxValue));
        if (!isIgnored && record is { } bytes && UnknownRuleset.Read(bytes) is { } noted && noted.Ruleset > _known) Noted = noted;
    }

    /// <summary>The heaviest of the chains, or <c>null</c>.</summary>
    public UnknownRuleset? Noted { get; private set; }

    /// <summary>Whether a block is judged here: it follows a ruleset that this software does not know, or builds on one that does.</summary>
    public bool Concerns(HashedBlock block) => !_isIgnored && (block.Header.Ruleset > _known || Has(block.Header.Previous));

    /// <summary>Whether a block was noted, so that others can be judged behind it.</summary>
    public bool Has(BlockId id) => _nodes.ContainsKey(id);

    /// <summary>Judges a block whose ruleset is above all that the profile names: its header, its size and its root.</summary>
    /// <param name="copy">The block, which comes to claim the signatures that it depends on.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="isProven">Whether those signatures are verified.</param>
    /// <param name="hasChanged">Whether <see cref="Noted"/> has changed.</param>
    /// <returns>
    /// A refusal of the node's own when nothing is wrong with it; valid where its signatures have to be verified first; otherwise
    /// what is wrong.
    /// </returns>
    public Verdict Take(BlockCopy copy, Timestamp now, bool isProven, out bool hasChanged)
    {
        hasChanged = false;
        HashedBlock block = copy.Block;
        if (Has(block.Id)) return NotKnown(block);
        if (_tree.WhyRefused(block.Id) is { } why) return why;
        BlockId previous = block.Header.Previous;
        if (_nodes.TryGetValue(previous, out UnknownNode? parent)) return Take(copy, parent, null, now, isProven, out hasChanged);
        BlockNode? known = _tree.Find(previous);
        if (known is null)
        {
            if (_tree.WhyRefused(previous) is not null) return Refuse(block, BlockValidator.ParentInvalid(previous));
            Verdict found = _loader.Load(previous, out known);
            if (!found.IsValid) return found;
        }

        Verdict verdict = Take(copy, null, known, now, isProven, out hasChanged);
        _sides.ReleaseIfBare(known!);
        return verdict;
    }

    /// <summary>Writes down what is noted; it is reported, and acted on, when it is durable: a stop outlasts a restart.</summary>
    public void Remember(PendingCommits commits, IEffectSink<IChainEffect> effects)
    {
        var record = new StoreBatch.Record(UnknownRuleset.RecordName, Noted?.Encode() ?? default);
        commits.Commit(record, new NodeEffect.UnknownRulesetNoted(Noted), effects);
    }

    /// <summary>Forgets chains that the known one has outweighed by as much as they would have had to: it is settled which one goes on.</summary>
    /// <returns>Whether <see cref="Noted"/> has changed.</returns>
    public bool Follow()
    {
        Work tip = _best.Tip.ChainWeight;
        while (_ends.Min is { } lightest && Outweighs(tip, lightest.ChainWeight, lightest.Margin)) Remove(lightest);
        // What an earlier run has noted is known by its record alone.
        if (Noted is not { Stop: UpgradeStop.None } noted || !Outweighs(tip, noted.ChainWeight, noted.Margin)) return false;
        Noted = _ends.Max is { } heaviest ? Describe(heaviest, UpgradeStop.None) : null;
        return true;
    }

    private static bool Outweighs(in Work heavy, in Work light, in Work margin) => Work.TryAdd(light, margin, out Work needed) && heavy >= needed;

    private static int Compare(UnknownNode left, UnknownNode right)
    {
        int order = left.ChainWeight.CompareTo(right.ChainWeight);
        return order != 0 ? order : right.Arrival.CompareTo(left.Arrival);
    }

    private Verdict NotKnown(HashedBlock block) => Verdict.RefusedByPolicy($"ruleset {block.Header.Ruleset}", $"rulesets up to {_known}");

    /// <summary>Judges a block behind another of these, or behind a known one.</summary>
    private Verdict Take(BlockCopy copy, UnknownNode? parent, BlockNode? known, Timestamp now, bool isProven, out bool hasChanged)
    {
        hasChanged = false;
        HashedBlock block = copy.Block;
        BlockNode fork = parent?.Fork ?? known!;
        UnknownNode? beside = parent ?? UnknownNode.Copy(known!, _best, out fork);
        var header = HeaderView.Of(block);
        HeaderView before = beside?.Header ?? fork.Header;
        if (header.Height != before.Height + 1) return Refuse(block, Verdict.Invalid(BlockRule.HeightWrong, header.Height, before.Height + 1));
        if (header.Header.Ruleset < before.Header.Ruleset)
            return Refuse(block, Verdict.Invalid(BlockRule.RulesetWrong, (ulong)header.Header.Ruleset, (ulong)before.Header.Ruleset));
        if (fork.Height < _consensus.Finality.FinalHeight) return BlockValidator.ContradictsFinality(fork.Height, _consensus.Finality.FinalHeight);

        RuleState state = beside?.State ?? fork.RuleState;
        // What the rule carries is exact only behind a parent that was executed: until then a refusal is not for ever.
        bool isExact = _consensus.Rule.StateLag == int.MaxValue || known is { IsExecuted: true };
        copy.ClearClaims();
        Verdict verdict = Judge(copy, header, new UnknownNode.Line(beside, new Ancestors(fork, _best, _stored)), state, now, isExact, out UnknownNode.Shown shown);
        if (!verdict.IsValid || (copy.ClaimCount > 0 && !isProven)) return verdict;

        verdict = _headers.Extend(header, state, beside?.ChainWeight ?? fork.ChainWeight, out HeaderValidator.Link link);
        if (!verdict.IsValid) return Refuse(block, verdict);
        UnknownNode node = parent?.Next(header, link.ChainWeight, link.State, shown, ++_arrivals)
            ?? UnknownNode.First(header, beside, fork, link.Weight, link.ChainWeight, link.State, shown, _consensus.Rule.SignersInForce(header.Height, state), ++_arrivals);
        hasChanged = TryAdd(node) && Note(node);
        return NotKnown(block);
    }

    private Verdict Judge(
        BlockCopy copy, in HeaderView header, IAncestors ancestors, RuleState state, Timestamp now, bool isExact, out UnknownNode.Shown shown)
    {
        HashedBlock block = copy.Block;
        ReadOnlyMemory<byte>? certificate = block.Block.Certificate;
        shown = new UnknownNode.Shown([], certificate is not null);
        Verdict verdict = _headers.CheckRule(header, ancestors, state, certificate is not null, now, copy.Seals);
        if (verdict.Kind == VerdictKind.Invalid) return isExact ? Refuse(block, verdict) : verdict;
        Verdict body = BlockRules.CheckIntegrity(block, _profile);
        if (!body.IsValid) return Refuse(block, body);
        if (!verdict.IsValid) return verdict;
        shown = shown with { Signers = [.. copy.Seals.Claims.Select(claim => claim.Signer)] };
        return _headers.JudgeCertificate(header, certificate, state, copy.Certificate);
    }

    /// <summary>Remembers that a block is invalid by the known rules, unless another copy of it might not be.</summary>
    private Verdict Refuse(HashedBlock block, Verdict verdict)
    {
        if (!BlockValidator.IsFaultOfCopy(block, verdict)) _tree.MarkRefused(block.Id, verdict, isProven: false);
        return verdict;
    }

    private bool TryAdd(UnknownNode node)
    {
        _nodes.Add(node.Header.Id, node);
        _ends.Add(node);
        if (node.Parent is { } parent && parent.Children++ == 0) _ends.Remove(parent);
        if (_nodes.Count > MaxNodes) Remove(_ends.Min!);
        return Has(node.Header.Id);
    }

    private void Remove(UnknownNode end)
    {
        _ends.Remove(end);
        _nodes.Remove(end.Header.Id);
        if (end.Parent is { } parent && --parent.Children == 0 && Has(parent.Header.Id)) _ends.Add(parent);
    }

    /// <summary>
    /// Notes the chain that stops this node, or the heaviest one, unless an earlier run knew a heavier one. One that has stopped
    /// this node stays.
    /// </summary>
    private bool Note(UnknownNode newest)
    {
        if (Noted is { Stop: not UpgradeStop.None }) return false;
        UpgradeStop stop = StopOf(newest);
        UnknownNode end = stop == UpgradeStop.None ? _ends.Max! : newest;
        if (stop == UpgradeStop.None && Noted is { } noted && noted.ChainWeight >= end.ChainWeight) return false;
        Noted = Describe(end, stop);
        return true;
    }

    private UnknownRuleset Describe(UnknownNode end, UpgradeStop stop)
    {
        BlockNode shared = end.Fork;
        // The best chain may have moved since.
        while (!_best.Contains(shared) && shared.Parent is { } below) shared = below;
        return new UnknownRuleset(end.Header.Header.Ruleset, shared.Height, end.Header.Id, end.ChainWeight, end.Margin, stop);
    }

    private UpgradeStop StopOf(UnknownNode end)
    {
        if (end.IsCertified) return UpgradeStop.Certificate;
        if (end.Signers.Count * 2 > end.SignersInForce && end.SignersInForce > 0) return UpgradeStop.Signers;
        return Outweighs(end.ChainWeight, _best.Tip.ChainWeight, end.Margin) ? UpgradeStop.Work : UpgradeStop.None;
    }
}
