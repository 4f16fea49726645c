using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Mining;

namespace Coniunctum.Simulation;

/// <summary>What one node of a world is like.</summary>
public sealed record NodeOptions
{
    /// <summary>
    /// Builds what makes blocks, anew at every start; <c>null</c>, or what returns it, for a node that only follows. It is given the
    /// search that takes virtual time, after <see cref="HashRate"/>.
    /// </summary>
    public Func<INonceSearch, IBlockProducer?>? Producer { get; init; }

    /// <summary>How much the pool keeps.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>How much of the chain the node keeps in memory.</summary>
    public ChainOptions Chain { get; init; } = new();

    /// <summary>How far the node's clock is ahead when the world begins. Default: 0.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>By how many millionths the node's clock is too fast. Default: 0.</summary>
    public int ClockDriftPerMillion { get; init; }

    /// <summary>
    /// Hashes a virtual second. How long a search takes is drawn from this and the target alone; the nonce is searched for in
    /// earnest, so that targets must be easy ones. Default: 1; 0 finds nothing, ever.
    /// </summary>
    public double HashRate { get; init; } = 1;

    /// <summary>The longest time that a commit takes to become durable; the shortest is a tenth of it. Default: 10 ms.</summary>
    public TimeSpan CommitTime { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the store keeps all its commits, so that an old file can be put in its place. Default: false.</summary>
    public bool RemembersCommits { get; init; }

    /// <summary>
    /// Whether commits that were begun while the store was busy become durable together, all or nothing, as in the shipped shell.
    /// Default: false, one after the other.
    /// </summary>
    public bool GroupsCommits { get; init; }

    /// <summary>
    /// The places, in <see cref="World.Nodes"/>, of the nodes that it dials, again and again; also of such that are added later. <c>null</c>,
    /// the default, for all that were added before it. Others it hears of from those, as every node does.
    /// </summary>
    public IReadOnlyList<int>? Dials { get; init; }

    /// <summary>How many connections the node makes; it takes 64 beside them. Default: 8.</summary>
    public int OutboundSlots { get; init; } = 8;

    /// <summary>Bytes a second that the node can send, over all its connections together; 0, the default, for any number.</summary>
    public double UploadRate { get; init; }

    /// <summary>
    /// The longest time that a step takes; the shortest is a tenth of it. What comes meanwhile waits in line, and a crash loses what
    /// the step wanted to happen. Default: 0.
    /// </summary>
    public TimeSpan StepTime { get; init; }

    /// <summary>The longest time that each reading from the store adds to a step; the shortest is a tenth of it. Default: 0.</summary>
    public TimeSpan ReadTime { get; init; }

    /// <summary>
    /// The longest time that checking a batch of signatures takes, or a job without a search; the shortest is a tenth of it, so that
    /// they overtake each other. Default: 1 ms.
    /// </summary>
    public TimeSpan WorkTime { get; init; } = TimeSpan.FromMilliseconds(1);
}
