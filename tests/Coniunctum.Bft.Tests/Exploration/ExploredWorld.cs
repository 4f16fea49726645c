using System.Collections.Immutable;

namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>A world that is small enough to go through wholly.</summary>
/// <param name="Honest">The validators that run the machine, by number.</param>
/// <param name="Liars">The validators that may say anything to anybody at any time, by number.</param>
/// <param name="Rounds">For each height, from 1 on, how many rounds it may take.</param>
internal sealed record ExploredWorld(ImmutableArray<int> Honest, ImmutableArray<int> Liars, ImmutableArray<int> Rounds)
{
    private readonly ValidatorSet _first = ValidatorSet.Of(Honest.Concat(Liars).Select(Actors.Address));
    private readonly ImmutableArray<ValidatorSet> _second = [];

    /// <summary>The sets of the second height: behind a first block 0 and behind a first block 1.</summary>
    public ImmutableArray<ImmutableArray<(int Validator, ulong Weight)>> SetsAfter
    {
        get;
        init
        {
            field = value;
            _second = [.. value.Select(members => ValidatorSet.Of(members.Select(member => new Validator(Actors.Address(member.Validator), member.Weight))))];
        }
    } = [];

    /// <summary>What a validator does to its state after each step: nothing, or a planted fault.</summary>
    public Func<RoundState, RoundState, RoundState> Fault { get; init; } = (_, after) => after;

    /// <summary>The set of a height, behind a first block.</summary>
    public ValidatorSet SetOf(int height, int firstBlock) => height == 1 || SetsAfter.IsEmpty ? _first : _second[firstBlock];
}
