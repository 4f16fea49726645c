using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// Tendermint's algorithm at one height, without keys, clocks or I/O: E. Buchman, J. Kwon, Z. Milosevic, "The latest gossip on
/// BFT consensus", arXiv:1807.04938v3, algorithm 1. Numbers of lines below are those of the paper.
/// </summary>
/// <remarks>
/// <para>
/// Where the paper differs: it lets a block count as soon as it is known and was judged valid, and does not ask for the
/// proposal of that very round beside more than two thirds of votes (lines 36 and 49): whoever was honest among those had it.
/// It goes on to the latest round that an honest validator has reached by weight (line 55), wherever the others of that third
/// are beyond it. A proposal that was not judged yet waits; so does its round, until the time runs out.
/// </para>
/// <para>Single-threaded. Time and memory a message are bounded by the number of validators and <see cref="HeightVoteSet"/>'s limits.</para>
/// </remarks>
internal sealed class BftMachine
{
    private readonly ValidatorSet _validators;
    private readonly int _self;
    private readonly HeightVoteSet _book;
    private readonly Dictionary<BlockId, bool> _judgements = [];
    private readonly Action<BftAction> _act;
    private RoundState _control;

    /// <summary>Begins a height, or goes on after a restart.</summary>
    /// <param name="validators">Who certifies the height.</param>
    /// <param name="height">The height.</param>
    /// <param name="self">The place of the validator whose machine this is, or −1 for one who only listens.</param>
    /// <param name="control">Where it stands.</param>
    /// <param name="act">Takes the actions, in order.</param>
    public BftMachine(ValidatorSet validators, ulong height, int self, in RoundState control, Action<BftAction> act)
    {
        (_validators, Height, _self, _control, _act) = (validators, height, self, control, act);
        _book = new HeightVoteSet(validators);
        _book.MoveTo(control.Round, control.ValidRound);
    }

    /// <summary>The height.</summary>
    public ulong Height { get; }

    /// <summary>Where the validator stands.</summary>
    public RoundState Control => _control;

    /// <summary>What it has heard.</summary>
    public HeightVoteSet Book => _book;

    /// <summary>
    /// The prevotes for its valid block, if they are of this round or of the one before: a liar may have sent its own one to this
    /// validator alone. The paper has everybody pass on all that they hear; this much of it is needed, or a liar could let one
    /// after the other lock on a block of which the rest sees too few prevotes to go along, for ever.
    /// </summary>
    public IEnumerable<BftMessage> LatestPolka =>
        _control is { Step: not BftStep.Decided, Valid: { } valid } && _control.ValidRound >= Math.Max(0, _control.Round - 1)
            ? PrevotesFor(_control.ValidRound, valid)
            : [];

    private RoundVotes? Now => _book.At(_control.Round);

    /// <summary>Returns whether more than two thirds prevoted for a block in a round.</summary>
    public bool HasPolka(int round, BlockId block) =>
        _book.At(round) is { } votes && _validators.IsQuorum(votes.Prevotes.WeightFor(block));

    /// <summary>Returns what lets others vote for a block that was valid in an earlier round.</summary>
    public IEnumerable<BftMessage> PrevotesFor(int round, BlockId block) => _book.At(round)?.Prevotes.VotesFor(block) ?? [];

    /// <summary>Begins the first round (line 10), or times the round again in which a restart left off.</summary>
    public void Start()
    {
        if (_control.Step == BftStep.Waiting)
            StartRound(0);
        else if (_control.Step != BftStep.Decided)
            TimeRound();
        Run();
    }

    /// <summary>Takes a message of a member, its own ones too.</summary>
    /// <param name="message">The message; of this height, with a signature that was verified.</param>
    /// <returns>Whether it said anything new.</returns>
    public bool Take(BftMessage message)
    {
        int index = _validators.IndexOf(message.Sender);
        if (index < 0 || message.Height != Height) return false;
        if (message.Kind == BftMessageKind.Proposal && _validators.ProposerAt(Height, message.Round) != index) return false;
        bool isNew = _book.TryAdd(message, index, out BftMessage? earlier);
        if (earlier is not null) _act(new BftAction.Accuse(earlier, message));
        if (isNew) Run();
        return isNew;
    }

    /// <summary>Learns whether a block is valid as the next one.</summary>
    /// <param name="block">The block.</param>
    /// <param name="isValid">Whether it is; what was too early may become so.</param>
    public void TakeJudgement(BlockId block, bool isValid)
    {
        _judgements[block] = isValid;
        Run();
    }

    /// <summary>Forgets blocks that no one proposes any more.</summary>
    /// <param name="isKept">Which ones are kept.</param>
    public void ForgetBlocks(Predicate<BlockId> isKept)
    {
        foreach (BlockId block in _judgements.Keys.Where(block => !isKept(block)).ToArray()) _judgements.Remove(block);
    }

    /// <summary>Records the new block that a <see cref="BftAction.Propose"/> asked for, before its proposal is signed.</summary>
    /// <param name="round">The round that it was made for.</param>
    /// <param name="block">The block.</param>
    /// <returns>Whether it may be proposed: the round is still that one, and nothing was proposed in it.</returns>
    public bool TryPropose(int round, BlockId block)
    {
        if (round != _control.Round || _control.Step is BftStep.Waiting or BftStep.Decided || (_control.Proposed ?? block) != block) return false;
        _control = _control with { Proposed = block };
        return true;
    }

    /// <summary>A step's time has run out (lines 57 to 67).</summary>
    /// <param name="step">The step.</param>
    /// <param name="round">The round.</param>
    public void TakeTimeout(BftStep step, int round)
    {
        if (round != _control.Round || _control.Step is BftStep.Waiting or BftStep.Decided) return;
        if (step == BftStep.Propose && _control.Step == BftStep.Propose)
            Prevote(null);
        else if (step == BftStep.Prevote && _control.Step == BftStep.Prevote)
            Precommit(null);
        else if (step == BftStep.Precommit && round < BftMessage.MaxRound)
            StartRound(round + 1);
        Run();
    }

    /// <summary>Lines 11 to 21.</summary>
    private void StartRound(int round)
    {
        _control = _control with
        {
            Round = round,
            Step = BftStep.Propose,
            Proposed = null,
            Prevoted = null,
            Precommitted = null,
            IsPrevoteTimed = false,
            IsPrecommitTimed = false,
        };
        _book.MoveTo(round, _control.ValidRound);
        TimeRound();
    }

    private void TimeRound()
    {
        _act(new BftAction.Time(BftStep.Propose, _control.Round));
        if (_self >= 0 && _control is { Step: BftStep.Propose, Proposed: null } && _validators.ProposerAt(Height, _control.Round) == _self)
            _act(new BftAction.Propose(_control.Round, _control.Valid, _control.ValidRound));
    }

    private void Run()
    {
        while (_control.Step != BftStep.Decided && (TryDecide() || TrySkip() || TryPrevote() || TryPrecommit() || TryTime()))
        {
            // One rule may enable the next.
        }
    }

    /// <summary>Line 49: more than two thirds precommitted a valid block in any round.</summary>
    private bool TryDecide()
    {
        foreach ((int round, RoundVotes votes) in _book.Rounds)
        {
            if (!votes.Precommits.TryFindQuorum(out BlockId block) || !IsValid(block)) continue;
            _control = _control with { Step = BftStep.Decided };
            _act(new BftAction.Decide(round, block));
            return true;
        }

        return false;
    }

    /// <summary>Line 55: an honest validator has reached a later round.</summary>
    private bool TrySkip()
    {
        int round = _book.RoundOfAnHonest();
        if (round <= _control.Round || _control.Step == BftStep.Waiting) return false;
        StartRound(round);
        return true;
    }

    /// <summary>Lines 22 and 28: prevotes for the proposal, unless locked on another block with no later reason to leave it.</summary>
    private bool TryPrevote()
    {
        if (_control.Step != BftStep.Propose || Now?.Proposal is not { Block: { } block } proposal) return false;
        if (!_judgements.TryGetValue(block, out bool isValid)) return false;
        if (proposal.ValidRound >= 0 && !HasPolka(proposal.ValidRound, block)) return false;
        bool isFree = proposal.ValidRound >= 0 ? _control.LockedRound <= proposal.ValidRound : _control.LockedRound < 0;
        Prevote(isValid && (isFree || _control.Locked == block) ? block : null);
        return true;
    }

    /// <summary>Lines 36 and 44: more than two thirds prevoted for a valid block, or for none.</summary>
    private bool TryPrecommit()
    {
        if (_control.Step < BftStep.Prevote || Now is not { } votes) return false;
        // After a start its own record may name the block as this round's valid one while the precommit was not durable yet.
        if (votes.Prevotes.TryFindQuorum(out BlockId block) && IsValid(block) && (_control.ValidRound < _control.Round || _control.Step == BftStep.Prevote))
        {
            _control = _control with { Valid = block, ValidRound = _control.Round };
            if (_control.Step != BftStep.Prevote) return true;
            _control = _control with { Locked = block, LockedRound = _control.Round };
            Precommit(block);
            return true;
        }

        if (_control.Step != BftStep.Prevote || !_validators.IsQuorum(votes.Prevotes.WeightFor(null))) return false;
        Precommit(null);
        return true;
    }

    /// <summary>Lines 34 and 47: more than two thirds have voted, if not for the same.</summary>
    private bool TryTime()
    {
        if (_control.Step == BftStep.Waiting || Now is not { } votes) return false;
        if (_control is { Step: BftStep.Prevote, IsPrevoteTimed: false } && _validators.IsQuorum(votes.Prevotes.Weight))
        {
            _control = _control with { IsPrevoteTimed = true };
            _act(new BftAction.Time(BftStep.Prevote, _control.Round));
            return true;
        }

        if (_control.IsPrecommitTimed || !_validators.IsQuorum(votes.Precommits.Weight)) return false;
        _control = _control with { IsPrecommitTimed = true };
        _act(new BftAction.Time(BftStep.Precommit, _control.Round));
        return true;
    }

    private void Prevote(BlockId? block)
    {
        _control = _control with { Step = BftStep.Prevote, Prevoted = block };
        if (_self >= 0) _act(new BftAction.Vote(BftMessageKind.Prevote, _control.Round, block));
    }

    private void Precommit(BlockId? block)
    {
        _control = _control with { Step = BftStep.Precommit, Precommitted = block };
        if (_self >= 0) _act(new BftAction.Vote(BftMessageKind.Precommit, _control.Round, block));
    }

    private bool IsValid(BlockId block) => _judgements.TryGetValue(block, out bool isValid) && isValid;
}
