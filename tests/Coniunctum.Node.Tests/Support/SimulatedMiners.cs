using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Node.Tests.Support;

/// <summary>
/// Miners of a hash rate on a chain's own rule, with a clock that goes as fast as they find blocks. As the search does, a header
/// takes the time at which its candidate was made, or one of the 63 milliseconds before.
/// </summary>
internal sealed class SimulatedMiners
{
    private const double RefreshMilliseconds = 1_000;
    private const int Times = 64;

    private readonly IConsensusRule _rule;
    private readonly List<HeaderView> _headers = [];
    private readonly Random _random;
    private RuleState _state = RuleState.None;
    private double _now = 1_790_000_000_000;

    public SimulatedMiners(ChainProfile profile, int seed)
    {
        HashedBlock genesis = GenesisBlock.Create(profile).Block;
        _rule = ((ConsensusSpec)profile.Consensus).Build(profile, genesis.Id).Rule;
        _headers.Add(HeaderView.Of(genesis));
        _random = new Random(seed);
    }

    public required double HashesPerSecond { get; set; }

    /// <summary>Nothing is mined for a while.</summary>
    public void Pause(TimeSpan duration) => _now += duration.TotalMilliseconds;

    /// <summary>Mines a number of blocks; returns their mean time in milliseconds by the true clock.</summary>
    public double Mine(int blocks)
    {
        double begin = _now;
        for (int i = 0; i < blocks; i++) Mine();
        return (_now - begin) / blocks;
    }

    private void Mine()
    {
        var ancestors = new ViewLine(_headers);
        ulong height = ancestors.Parent.Height + 1;
        double begin = _now;
        HeaderDraft draft = Prepare(height, ancestors, begin);
        double mean = 1_000 * (double)(System.Numerics.BigInteger.One << 256) / (double)new Target(draft.Target).ToNumber() / HashesPerSecond;
        _now += -Math.Log(1 - _random.NextDouble()) * mean;
        draft = Prepare(height, ancestors, begin + (Math.Floor((_now - begin) / RefreshMilliseconds) * RefreshMilliseconds));
        ulong latest = draft.Timestamp.UnixMilliseconds, earliest = draft.EarliestTimestamp!.Value.UnixMilliseconds;
        var header = new BlockHeader
        {
            Height = height,
            Nonce = 0,
            Previous = ancestors.Parent.Id,
            MerkleRoot = default,
            Target = draft.Target,
            Timestamp = new Timestamp(latest - (ulong)_random.Next((int)Math.Min(latest - earliest + 1, Times))),
        };
        var view = new HeaderView(header, default, default);
        _state = _rule.Advance(_state, view, null);
        _headers.Add(view);
    }

    private HeaderDraft Prepare(ulong height, ViewLine ancestors, double clock)
    {
        var draft = new HeaderDraft(height) { Timestamp = new Timestamp((ulong)clock) };
        _rule.Prepare(ref draft, ancestors, _state);
        return draft;
    }
}
