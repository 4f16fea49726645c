using Coniunctum.Crypto;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Tests.Support;

/// <summary>A chain of blocks without proofs under a pool: it is extended and reorganized at will, and tells what a pool is to follow.</summary>
internal sealed class PoolChain
{
    private readonly World _world;
    private readonly List<(HashedBlock Block, StateDelta Delta)> _blocks = [];
    private ulong _rewards;

    public PoolChain(World world)
    {
        _world = world;
        State = new LedgerState(world.Profile.Format.Traits, default);
        State.Apply(GenesisBlock.Create(world.Profile).Delta);
    }

    public LedgerState State { get; }

    public int Length => _blocks.Count;

    /// <summary>Replaces the last blocks by others, each of which holds those of its transactions that are valid in order.</summary>
    /// <param name="undone">How many blocks leave the chain.</param>
    /// <param name="bodies">What the new blocks are to hold.</param>
    /// <param name="miner">Who gets the rewards, or <c>null</c> for blocks without one.</param>
    public (HashedBlock[] Disconnected, HashedBlock[] Connected, StateDelta Change) Move(int undone, IReadOnlyList<IEnumerable<Transaction>> bodies, Address? miner = null)
    {
        var overlay = new StateOverlay(State);
        var disconnected = new HashedBlock[undone];
        for (int i = 0; i < undone; i++)
        {
            disconnected[i] = _blocks[^1].Block;
            overlay.Apply(_blocks[^1].Delta.Reverse());
            _blocks.RemoveAt(_blocks.Count - 1);
        }

        foreach (IEnumerable<Transaction> body in bodies) _blocks.Add(Execute(overlay, body, miner));
        StateDelta change = overlay.Total();
        State.Apply(change);
        return (disconnected, [.. _blocks.TakeLast(bodies.Count).Select(block => block.Block)], change);
    }

    private (HashedBlock Block, StateDelta Delta) Execute(StateOverlay overlay, IEnumerable<Transaction> body, Address? miner)
    {
        var execution = new BlockExecution(_world.Profile, overlay);
        var transactions = new List<Transaction>();
        bool rewardFirst = _world.Profile.Format.Traits.RewardAppliesFirst;
        Transaction? reward = rewardFirst && miner is { } first ? Reward(execution, first) : null;
        foreach (Transaction transaction in body)
        {
            if (execution.Apply(transaction).IsValid) transactions.Add(transaction);
        }

        if (!rewardFirst && miner is { } last) reward = Reward(execution, last);
        if (reward is not null) transactions.Insert(0, reward);
        var header = new BlockHeader { Height = execution.Height, Nonce = _rewards, Previous = default, MerkleRoot = default, Target = default };
        HashedBlock block = HashedBlock.Create(new Block { Header = header, Transactions = transactions }, _world.Profile.Format, _world.ChainId);
        return (block, execution.Complete(block.Id, Work.Zero));
    }

    private Transaction Reward(BlockExecution execution, Address miner)
    {
        Transaction reward = BlockAssembly.RewardOf(execution, miner, ++_rewards);
        Assert.That(execution.ApplyReward(reward), Is.EqualTo(Verdict.Valid));
        return reward;
    }
}
