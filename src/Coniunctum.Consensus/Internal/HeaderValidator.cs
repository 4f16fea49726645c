using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Internal;

/// <summary>
/// Judges the headers of a chain one after another, from genesis on, without the blocks: place, consensus rule, history root.
/// What the rule carries on and the chain's weight are computed on the way.
/// </summary>
public sealed class HeaderValidator
{
    /// <summary>How many headers stay in memory; older ones are read from the store, where they must be by then.</summary>
    public const int KeptHeaders = 2048;

    private readonly ChainProfile _profile;
    private readonly ConsensusParts _consensus;
    private readonly StoredHeaders _stored;
    private readonly HistoryTrail _history = new();
    private readonly HeaderView[] _kept = new HeaderView[KeptHeaders];
    private RuleState _before;

    /// <summary>Starts at genesis.</summary>
    /// <param name="profile">The chain's profile, its genesis drawn.</param>
    /// <param name="genesis">Its first block.</param>
    /// <param name="store">Where headers are read that have left memory.</param>
    /// <exception cref="ArgumentException">The profile names no <see cref="ConsensusSpec"/>.</exception>
    public HeaderValidator(ChainProfile profile, HashedBlock genesis, IChainReader store)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(store);
        if (profile.Consensus is not ConsensusSpec spec)
            throw new ArgumentException("The profile's consensus parameters must be a ConsensusSpec, which builds the rule.", nameof(profile));
        _profile = profile;
        _consensus = spec.Build(profile, genesis.Id);
        _stored = new StoredHeaders(profile, store);
        RuleState = _before = _consensus.Initial;
        Keep(HeaderView.Of(genesis), Work.Zero);
    }

    /// <summary>The last header that was accepted.</summary>
    public HeaderView Tip { get; private set; }

    /// <summary>What the rule carries on after it.</summary>
    public RuleState RuleState { get; private set; }

    /// <summary>The weight of the chain up to it.</summary>
    public Work ChainWeight { get; private set; }

    /// <summary>The root of the history tree over all headers so far; zero where the format has none.</summary>
    public Hash256 HistoryRoot => HasHistory ? _history.Root : default;

    /// <summary>Whether headers alone decide what the rule carries on: then no state has to be believed.</summary>
    public bool IsSelfContained => _consensus.Rule.StateLag == int.MaxValue;

    private bool HasHistory => _profile.Format.Traits.HasExtendedHeader;

    /// <summary>Judges the next header, and takes it when it is valid.</summary>
    /// <param name="header">The header.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="seals">Takes the signatures that its validity depends on.</param>
    public Verdict Take(in HeaderView header, Timestamp now, SealClaims seals)
    {
        ArgumentNullException.ThrowIfNull(seals);
        Verdict verdict = BlockRules.CheckPlace(header.Header, Tip.Header, _profile);
        if (verdict.IsValid && header.Header.Previous != Tip.Id) verdict = Verdict.MissingParent(header.Header.Previous);
        if (verdict.IsValid) verdict = _consensus.Rule.Check(header, new Kept(this), RuleState, now, seals);
        if (verdict.IsValid && HasHistory && header.Header.HistoryRoot != _history.Root)
            verdict = Verdict.Invalid(BlockRule.HistoryRootMismatch, header.Header.HistoryRoot, _history.Root);
        if (!verdict.IsValid) return verdict;

        Work weight = _consensus.Rule.Weight(header, RuleState);
        if (!Work.TryAdd(ChainWeight, weight, out Work chainWeight))
            return Verdict.Invalid(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256");
        (_before, RuleState) = (RuleState, _consensus.Rule.Advance(RuleState, header, null));
        ChainWeight = chainWeight;
        Keep(header, weight);
        return Verdict.Valid;
    }

    /// <summary>Takes what the rule is said to carry on after the last header, where headers alone do not decide it.</summary>
    /// <param name="state">What it carries on.</param>
    public void TrustState(RuleState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        RuleState = state;
    }

    /// <summary>Judges the certificate of the block whose header was taken last.</summary>
    /// <param name="certificate">The certificate, or <c>null</c> where the block came without one.</param>
    /// <param name="signatures">Takes the signatures that it consists of.</param>
    public Verdict JudgeCertificate(ReadOnlyMemory<byte>? certificate, SealClaims signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        return _consensus.Finality.Judge(Tip, certificate, _before, signatures);
    }

    private void Keep(in HeaderView header, in Work weight)
    {
        Tip = header;
        _kept[header.Height % KeptHeaders] = header;
        if (HasHistory) _history.Add(header.Id, weight);
    }

    private sealed class Kept(HeaderValidator walk) : IAncestors
    {
        public HeaderView Parent => walk.Tip;

        public HeaderView At(ulong height)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(height, walk.Tip.Height);
            return walk.Tip.Height - height < KeptHeaders ? walk._kept[height % KeptHeaders] : walk._stored.At(height);
        }
    }
}
