using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

/// <summary>Honest miners of rate 1, and one of the same rate who mines only while the difficulty is below a limit.</summary>
/// <param name="rule">The rule.</param>
/// <param name="spacing">The intended time between blocks.</param>
/// <param name="allowance">How far ahead of the others' clocks a block may be dated.</param>
/// <param name="random">Draws solve times and who finds a block.</param>
/// <param name="clock">How the one who comes and goes dates its blocks: 0 truly, 1 as late as others accept, 2 as early, 3 either by lot.</param>
/// <param name="enters">Below which difficulty it mines: 1 is where the others alone keep the pace, 2 where all of them do.</param>
internal sealed class HoppingScene(IDifficultyRule rule, TimeSpan spacing, TimeSpan allowance, Random random, int clock, double enters)
{
    private readonly TargetLine _line = new();
    private readonly TargetBounds _bounds = new(Target.ForHashes(1), Target.ForHashes(1UL << 40));
    private RuleState _state = RuleState.None;

    /// <summary>For which part of the time it mines.</summary>
    public double Share { get; private set; }

    /// <summary>How many blocks it gets for a hash, as a multiple of what the others get.</summary>
    public double Ratio { get; private set; }

    /// <summary>Makes blocks.</summary>
    public void Run(int blocks)
    {
        double now = 1e12;
        double honestHashes = 0, hoppingHashes = 0;
        int honestBlocks = 0, hoppingBlocks = 0;
        _line.Add((ulong)now, _bounds.First);
        for (int i = 0; i < blocks; i++)
        {
            Target target = rule.Next(_line, _bounds, _state);
            // At rate 1 a block at the first target takes one spacing.
            double difficulty = (double)_bounds.First.ToNumber() / (double)target.ToNumber();
            bool mines = difficulty < enters;
            double rate = mines ? 2 : 1;
            double took = -Math.Log(1 - random.NextDouble()) * spacing.TotalMilliseconds * difficulty / rate;
            now += took;
            honestHashes += took;
            if (mines) hoppingHashes += took;
            bool isHopping = mines && random.Next(2) == 0;
            if (isHopping) hoppingBlocks++;
            else honestBlocks++;
            Add(now, isHopping, target);
        }

        Share = hoppingHashes / honestHashes;
        Ratio = hoppingHashes == 0 ? 0 : (hoppingBlocks / hoppingHashes) / (honestBlocks / honestHashes);
    }

    private void Add(double now, bool isHopping, Target target)
    {
        double late = now + allowance.TotalMilliseconds;
        double claimed = (isHopping ? clock : 0) switch
        {
            1 => late,
            2 => 0,
            3 => random.Next(2) == 0 ? 0 : late,
            _ => now,
        };
        _line.Add(MedianTime.ForCandidate(new Timestamp((ulong)claimed), _line).UnixMilliseconds, target);
        _state = rule.Advance(_state, _line.Parent, _bounds);
    }
}
