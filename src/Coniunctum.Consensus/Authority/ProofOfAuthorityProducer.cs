using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Authority;

/// <summary>
/// Seals as one of the signers: in turn as soon as the slot comes, out of turn a moment later, so that the others only step in
/// for one that is silent. Does nothing while its key is no signer's. What it votes for may be changed from any thread.
/// </summary>
public sealed class ProofOfAuthorityProducer : IBlockProducer
{
    private const string SealTimer = "seal";

    private readonly ProofOfAuthority _spec;
    private readonly PrivateKey _key;
    private readonly ISignatureScheme _scheme;
    private readonly AuthorityOptions _options;
    private readonly Address _address;
    private ImmutableSortedDictionary<Address, bool> _wishes = ImmutableSortedDictionary<Address, bool>.Empty;
    private HeaderView _tip;
    private SignerState? _state;
    private long _job;
    private Timestamp? _due;
    private bool _isPoolEmpty;
    private bool _isWaiting;

    /// <summary>Sets who seals.</summary>
    /// <param name="spec">The chain's rule.</param>
    /// <param name="key">The signer's key; stays the caller's, who disposes it after the ledger.</param>
    /// <param name="scheme">The profile's signature scheme.</param>
    /// <param name="options">When to seal; <c>null</c> for the defaults.</param>
    public ProofOfAuthorityProducer(ProofOfAuthority spec, PrivateKey key, ISignatureScheme scheme, AuthorityOptions? options = null)
    {
        (_spec, _key, _scheme, _options) = (spec, key, scheme, options ?? new AuthorityOptions());
        _address = scheme.AddressOf(key.PublicKey);
    }

    /// <summary>Votes from now on, in every block sealed here that has no other vote, until the chain agrees.</summary>
    /// <param name="subject">Whom the vote is about; not root.</param>
    /// <param name="isSigner">Whether it should be a signer.</param>
    public void Propose(Address subject, bool isSigner)
    {
        if (subject.IsRoot) throw new ArgumentException("A signer must have a key; the root address has none.", nameof(subject));
        ImmutableInterlocked.Update(ref _wishes, wishes => wishes.SetItem(subject, isSigner));
    }

    /// <summary>Stops voting on an address. A vote that was cast stands until its epoch ends.</summary>
    /// <param name="subject">Whom the vote is about.</param>
    public void Withdraw(Address subject) => ImmutableInterlocked.Update(ref _wishes, wishes => wishes.Remove(subject));

    /// <inheritdoc/>
    public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        switch (input)
        {
            case ProducerInput.TipChanged changed:
                (_tip, _state, _isPoolEmpty) = (changed.Tip, (SignerState)changed.State, changed.PoolCount == 0);
                Schedule(now, effects);
                break;
            case ProducerInput.PoolFilled:
                _isPoolEmpty = false;
                if (_isWaiting) Prepare(effects);
                break;
            case ProducerInput.TimerFired { Timer: SealTimer } when _due is { } due:
                if (now < due)
                    effects.Emit(new ProducerEffect.SetTimer(SealTimer, due));
                else if (_options.WaitsForTransactions && _isPoolEmpty)
                    (_due, _isWaiting) = (null, true);
                else
                    Prepare(effects);
                break;
            // A candidate on a newer tip, of which this will hear in a moment, is not this turn's.
            case ProducerInput.Prepared { Candidate: var candidate } when candidate.Header.Previous == _tip.Id:
                effects.Emit(new ProducerEffect.StartJob(++_job, new SealJob(WithVote(candidate), _key, _scheme)));
                break;
            // Tried again while the tip stays: a clock may be set right meanwhile.
            case ProducerInput.Refused when _state is not null:
                _due = now.Plus(_spec.Spacing);
                effects.Emit(new ProducerEffect.SetTimer(SealTimer, _due.Value));
                break;
            case ProducerInput.JobDone { Result: JobResult.Sealed found } done when done.Job == _job:
                effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            default:
                break;
        }
    }

    private void Schedule(Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        (_due, _isWaiting) = (null, false);
        SignerState state = _state!;
        ulong height = _tip.Height + 1;
        int signer = state.IndexOf(_address);
        if (signer < 0 || state.FindRecent(_address, height) is not null) return;

        Timestamp slot = ProofOfAuthorityRule.SlotAfter(_tip.Header, _spec.Spacing);
        Timestamp due = slot < now ? now : slot;
        if (!state.IsInTurn(signer, height)) due = due.Plus(Wiggle(state));
        _due = due;
        effects.Emit(new ProducerEffect.SetTimer(SealTimer, due));
    }

    private void Prepare(IEffectSink<ProducerEffect> effects)
    {
        (_due, _isWaiting) = (null, false);
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
            foreach ((Address wished, bool isSigner) in _wishes)
            {
                AuthorityVote wish = isSigner ? AuthorityVote.Add : AuthorityVote.Drop;
                if (!state.IsUseful(_address, wished, wish)) continue;
                (subject, vote) = (wished, wish);
                break;
            }
        }

        var ballot = new Ballot(state.IndexOf(_address), vote);
        return candidate with { Header = candidate.Header with { Nonce = ballot.Nonce, Target = subject.Value } };
    }
}
