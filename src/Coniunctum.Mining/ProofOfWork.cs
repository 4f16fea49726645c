using Coniunctum.Consensus;
using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Mining;

/// <summary>
/// Proof-of-work: a header's proof must be less than its target, its target is the one that its ancestors imply, and by default
/// the chain of most work wins.
/// </summary>
public sealed class ProofOfWork : ConsensusSpec
{
    /// <summary>Sets a target that never changes (the first paper's).</summary>
    /// <param name="target">What every digest must be less than; at least 1.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> is zero, which no digest is less than.</exception>
    public ProofOfWork(Hash256 target)
        : this(new Target(target), new ConstantTarget())
    {
    }

    /// <summary>Sets how the target moves, and what is searched.</summary>
    /// <param name="limit">The greatest target that a block may have; at least 1.</param>
    /// <param name="difficulty">Which target the next block has.</param>
    /// <param name="first">The target of genesis and of the first block, from 1 to the limit. Default: the limit.</param>
    /// <param name="puzzle">What is compared with the target. Default: <see cref="DoubleSha3"/>.</param>
    /// <exception cref="ArgumentException">No sound chain can exist under these parameters; the message says why.</exception>
    public ProofOfWork(Target limit, IDifficultyRule difficulty, Target? first = null, IHeaderPuzzle? puzzle = null)
    {
        ArgumentNullException.ThrowIfNull(difficulty);
        if (limit.IsZero || first is { IsZero: true }) throw new ArgumentException("The target must be at least 1: no digest is less than 0.");
        if (first > limit) throw new ArgumentException($"The first target {first} is above the limit {limit}.", nameof(first));
        (Bounds, Difficulty, Puzzle) = (new TargetBounds(limit, first ?? limit), difficulty, puzzle ?? new DoubleSha3());
        difficulty.ThrowIfImpossible(Bounds);
    }

    /// <inheritdoc/>
    public override string RuleName => "proof-of-work";

    /// <summary>Between which targets the chain moves.</summary>
    public TargetBounds Bounds { get; }

    /// <summary>Which target the next block has.</summary>
    public IDifficultyRule Difficulty { get; }

    /// <summary>What is compared with the target.</summary>
    public IHeaderPuzzle Puzzle { get; }

    /// <summary>Which chain wins. Default: the heaviest.</summary>
    public ForkChoiceRule ForkChoice { get; init; } = ForkChoiceRule.Heaviest;

    /// <inheritdoc/>
    public override Hash256 GenesisTarget => Bounds.First;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters
    {
        get
        {
            yield return new("target", GenesisTarget);
            yield return new("target.rule", Difficulty.Name);
            if (Difficulty is not ConstantTarget) yield return new("target.limit", Bounds.Limit.Value);
            foreach (Parameter parameter in Difficulty.Parameters) yield return parameter;
            if (Puzzle is not DoubleSha3) yield return new("puzzle", Puzzle.Name);
            if (ForkChoice != ForkChoiceRule.Heaviest) yield return new("forkchoice", ForkChoice.Name);
        }
    }

    /// <summary>Returns a target that takes a number of hashes on average: ⌊2²⁵⁶/hashes⌋, at most 2²⁵⁶−1.</summary>
    /// <param name="hashes">At least 1.</param>
    public static Target TargetFor(ulong hashes) => Target.ForHashes(hashes);

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) => BuildBehind(0, profile, genesis);

    /// <inheritdoc/>
    public override ConsensusParts BuildBehind(ulong height, ChainProfile profile, BlockId genesis)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (ForkChoice == ForkChoiceRule.Longest && Difficulty is not ConstantTarget)
        {
            throw new ArgumentException(
                $"The chain of most blocks must not win under a target that moves (here by {Difficulty.Name}): many cheap blocks would beat few dear ones.",
                nameof(profile));
        }

        Ledger.Formats.IBlockFormat format = profile.Format;
        bool hasTime = format.Traits.HasExtendedHeader;
        Puzzle.ThrowUnlessFits(format);
        if (Difficulty.NeedsTime && !hasTime)
            throw new ArgumentException($"The format {format.Traits.Name} carries no timestamps, which the target's rule {Difficulty.Name} reads.", nameof(profile));
        TargetBounds bounds = Bounds with { Origin = height };
        var rule = new ProofOfWorkRule(Difficulty, bounds, (in HeaderView header) => Puzzle.ProofOf(header, format), mayEqual: false, hasTime);
        return new ConsensusParts(rule, ForkChoice.Create(), new NoFinality(), RuleState.None);
    }

    /// <inheritdoc/>
    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) => Difficulty.ReadState(encoded);
}
