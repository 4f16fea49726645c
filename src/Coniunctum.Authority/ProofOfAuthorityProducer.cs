using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Authority;

/// <summary>
/// Seals as one of the signers: in turn as soon as the slot comes, out of turn a moment later, so that the others only step in
/// for one that is silent. Does nothing while its key is no signer's. What it votes for may be changed from any thread.
/// </summary>
/// <remarks>
/// A signer whose file is an old copy does not know what it has sealed since, and would seal a second block on a parent. So after
/// a start it first listens for two <see cref="AuthorityOptions.Wiggle"/>s, and again whenever it hears of a block of its own
/// that it does not know. What it has sealed while it runs, or heard of, it does not seal again.
/// </remarks>
public sealed class ProofOfAuthorityProducer : IBlockProducer
{
    private const string SealTimer = "seal";

    private readonly ProofOfAuthority _spec;
    private readonly PrivateKey _key;
    private readonly ISignatureScheme _scheme;
    private readonly AuthorityOptions _options;
    private readonly Address _address;
    private ImmutableSortedDictionary<Address, bool> _requested = ImmutableSortedDictionary<Address, bool>.Empty;
    private HeaderView _tip;
    private SignerState? _state;
    private JobId _job;
    private Turn? _turn;
    private SteadyTime _quietUntil;
    private BlockId? _sealedLast;
    private BlockId? _sealedOn;
    private bool _isPoolEmpty;
    private bool _isWaiting;

    /// <summary>Sets who seals.</summary>
    /// <param name="spec">The chain's rule.</param>
    /// <param name="key">The signer's key; stays the caller's, who disposes it after the ledger.</param>
    /// <param name="scheme">The profile's signature scheme.</param>
    /// <param name="options">When to seal; <c>null</c> for the defaults.</param>
    public ProofOfAuthorityProducer(ProofOfAuthority spec, PrivateKey key, ISignatureScheme scheme, AuthorityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(spec);
        (_spec, _key, _scheme, _options) = (spec, key, scheme, options ?? new AuthorityOptions());
        _address = scheme.AddressOf(key.PublicKey);
    }

    /// <inheritdoc/>
    public ProductionStatus Status { get; private set; } = ProductionStatus.Unknown;

    /// <summary>
    /// Votes from now on, in every block sealed here that has no other vote, until the chain agrees. A vote against one that was
    /// cast before takes that one back. To drop the last signer is a vote that no block may carry: it is not cast while it is that,
    /// and <see cref="Status"/> says so.
    /// </summary>
    /// <param name="subject">Whom the vote is about; not root.</param>
    /// <param name="isSigner">Whether it should be a signer.</param>
    public void Propose(Address subject, bool isSigner)
    {
        if (subject.IsRoot) throw new ArgumentException("A signer must have a key; the root address has none.", nameof(subject));
        ImmutableInterlocked.Update(ref _requested, requested => requested.SetItem(subject, isSigner));
    }

    /// <summary>Stops voting on an address. A vote that was cast stands until its epoch ends; <see cref="Propose"/> the contrary to take it back.</summary>
    /// <param name="subject">Whom the vote is about.</param>
    public void Withdraw(Address subject) => ImmutableInterlocked.Update(ref _requested, requested => requested.Remove(subject));

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case NodeInput.Started:
                _quietUntil = now.Steady.Plus(Listening);
                break;
            case ProducerInput.TipChanged changed:
                bool isFirst = _state is null;
                (_tip, _state, _isPoolEmpty) = (changed.Tip, (SignerState)changed.State, changed.PoolCount == 0);
                if (_state.SealerOf(_tip.Height) == _address) NoteOwn(isFirst, now);
                Schedule(now, effects);
                break;
            case ProducerInput.PoolFilled:
                _isPoolEmpty = false;
                if (_isWaiting) Prepare(effects);
                break;
            case NodeInput.TimerFired { Timer.Name: SealTimer } when _turn is { } turn:
                if (!turn.HasCome(now))
                    Await(turn, now, effects);
                else if (_options.WaitsForTransactions && _isPoolEmpty)
                    (_turn, _isWaiting, Status) = (null, true, ProductionStatus.WaitsForTransactions);
                else
                    Prepare(effects);
                break;
            // A candidate on a newer tip, of which this will hear in a moment, is not this turn's.
            case ProducerInput.Prepared { Candidate: var candidate } when candidate.Header.Previous == _tip.Id:
                effects.Emit(new NodeEffect.StartJob(_job = _job.Next(), new SealJob(WithVote(candidate), _key, _scheme)));
                break;
            // Tried again while the tip stays: a clock may be set right meanwhile. By then a block that was deferred is the tip, or lost.
            case ProducerInput.Refused refused when _state is not null:
                _sealedOn = null;
                Await(
                    refused.Verdict.Kind == VerdictKind.Deferred && now.Wall < refused.Verdict.Until
                        ? new Turn(refused.Verdict.Until.Plus(_spec.Spacing), now.Steady)
                        : new Turn(default, now.Steady.Plus(_spec.Spacing)),
                    now,
                    effects);
                break;
            case NodeInput.JobDone { Result: JobResult.Sealed found } done when done.Job == _job && found.Block.Header.Previous != _sealedOn:
                (_sealedLast, _sealedOn) = (found.Block.Id, found.Block.Header.Previous);
                effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            default:
                break;
        }
    }

    private TimeSpan Listening => _options.Wiggle * 2;

    /// <summary>The tip is a block of one's own.</summary>
    private void NoteOwn(bool isFirst, NodeTime now)
    {
        // What the store ends with was sealed in an earlier life; anything else that is not known was sealed by an older life of
        // which this file knows nothing, or by another node with the same key.
        if (!isFirst && _sealedLast != _tip.Id) _quietUntil = now.Steady.Plus(Listening);
        (_sealedLast, _sealedOn) = (_tip.Id, _tip.Header.Previous);
    }

    private void Schedule(NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        (_turn, _isWaiting) = (null, false);
        // The tip is its parent again: the owner has given up what was sealed here, and only that lets it be done anew.
        if (_sealedOn == _tip.Id) _sealedOn = null;
        SignerState state = _state!;
        ulong height = _tip.Height + 1;
        int signer = state.IndexOf(_address);
        Timestamp slot = ProofOfAuthorityRule.SlotAfter(_tip.Header, _spec.Spacing);
        if (signer < 0)
        {
            Status = new ProductionStatus(ProductionState.NotEntitled, Invariant($"the key of {_address} is no signer's"));
            return;
        }

        if (state.FindRecent(_address, height) is { } recent)
        {
            ImmutableArray<Address> awaited = state.EligibleAt(height);
            Status = ProductionStatus.WaitsForOthers(
                awaited,
                Invariant($"block {height} must be sealed by {string.Join(" or ", awaited)}, from {ProductionStatus.Show(slot)} on: this signer sealed block {recent}, and may seal again from block {recent + (ulong)state.Limit} on"));
            return;
        }

        bool isInTurn = state.IsInTurn(signer, height);
        TimeSpan wiggle = isInTurn ? TimeSpan.Zero : Wiggle(state);
        // Where the slot has passed, what is waited with beyond it is measured from now.
        Turn turn = slot < now.Wall ? new Turn(slot, now.Steady.Plus(wiggle)) : new Turn(slot.Plus(wiggle), now.Steady);
        string why = isInTurn ? "in turn" : "out of turn";
        if (_quietUntil > now.Steady && now.Wall.Plus(_quietUntil - now.Steady) > turn.ShownAt(now)) why = "after listening for what this key has sealed";
        if (turn.Steady < _quietUntil) turn = turn with { Steady = _quietUntil };
        Timestamp shown = turn.ShownAt(now);
        Status = ProductionStatus.WaitsForTime(shown, Invariant($"block {height} is sealed here at {ProductionStatus.Show(shown)}, {why}{WhyNotCast(state)}"));
        Await(turn, now, effects);
    }

    private void Await(Turn turn, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        _turn = turn;
        SteadyTime look = now.NextLookFor(turn.Wall);
        effects.Emit(new NodeEffect.SetTimer(new TimerId(SealTimer), look > turn.Steady ? look : turn.Steady));
    }

    private string WhyNotCast(SignerState state)
    {
        foreach ((Address wished, bool isSigner) in _requested)
        {
            if (!isSigner && state.WouldDropLast(wished, AuthorityVote.Drop)) return Invariant($"; no vote to drop {wished} is cast: it is the last signer");
        }

        return "";
    }

    private void Prepare(IEffectSink<IProducerEffect> effects)
    {
        (_turn, _isWaiting, Status) = (null, false, ProductionStatus.Making);
        effects.Emit(new ProducerEffect.Prepare(_address));
    }

    /// <summary>How long to wait out of turn: of those who may step in hardly two at the same moment. Others cannot choose it.</summary>
    private TimeSpan Wiggle(SignerState state)
    {
        Span<byte> drawn = stackalloc byte[2 * Hash256.Size];
        _tip.Id.Value.CopyTo(drawn);
        _address.Value.CopyTo(drawn[Hash256.Size..]);
        ulong lot = BinaryPrimitives.ReadUInt64BigEndian(Sha3_256.Hash(drawn).AsSpan());
        return _options.Wiggle * (1 + (lot % (ulong)state.Limit));
    }

    private BlockDraft WithVote(BlockDraft candidate)
    {
        SignerState state = _state!;
        (Address subject, AuthorityVote vote) = (default, AuthorityVote.None);
        if (candidate.Header.Height % _spec.Epoch != 0)
        {
            // What was cast and is meant no longer first: the next block of another one could let it count.
            (Address Subject, AuthorityVote Vote)[] votes =
            [
                .. _requested.Select(vote => (vote.Key, vote.Value ? AuthorityVote.Add : AuthorityVote.Drop))
                    .Where(vote => state.IsUseful(_address, vote.Key, vote.Item2))
                    .OrderByDescending(vote => state.TakesBack(_address, vote.Key, vote.Item2)),
            ];
            if (votes.Length > 0) (subject, vote) = votes[0];
        }

        var ballot = new Ballot(state.IndexOf(_address), vote);
        return candidate with { Header = candidate.Header with { Nonce = ballot.Nonce, Target = subject.Value } };
    }

    /// <summary>When this signer seals: both clocks must have come so far.</summary>
    /// <param name="Wall">The slot, by the timestamps of the chain.</param>
    /// <param name="Steady">What this signer waits with beside it.</param>
    private readonly record struct Turn(Timestamp Wall, SteadyTime Steady)
    {
        public bool HasCome(NodeTime now) => now.Wall >= Wall && now.Steady >= Steady;

        /// <summary>When that will be, as the wall clock seems to go.</summary>
        public Timestamp ShownAt(NodeTime now)
        {
            Timestamp steady = Steady > now.Steady ? now.Wall.Plus(Steady - now.Steady) : now.Wall;
            return Wall > steady ? Wall : steady;
        }
    }
}
