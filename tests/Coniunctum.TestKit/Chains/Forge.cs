using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.TestKit.Chains;

/// <summary>
/// Makes blocks on any block it made before, right or wrong: what a transaction is refused for does not keep it out of the
/// block, and a header may be changed before its nonce is searched.
/// </summary>
internal sealed class Forge
{
    private readonly World _world;
    private readonly LedgerState _state;
    private readonly Dictionary<BlockId, Made> _made = [];
    private Made _position;
    private ulong _rewards;

    public Forge(World world)
    {
        _world = world;
        var genesis = GenesisBlock.Create(world.Profile);
        _state = new LedgerState(world.Profile.Format.Traits, default);
        _state.Apply(genesis.Delta);
        Genesis = genesis.Block;
        _position = new Made(genesis.Block, null, genesis.Delta);
        _made.Add(Genesis.Id, _position);
    }

    public HashedBlock Genesis { get; }

    /// <summary>Makes a block.</summary>
    /// <param name="parent">A block that was made here.</param>
    /// <param name="transactions">What it holds beside its reward.</param>
    /// <param name="miner">Who is paid the reward.</param>
    /// <param name="change">Changes the header before the nonce is searched.</param>
    /// <param name="seal">Finishes it otherwise than by searching a nonce.</param>
    public HashedBlock Next(
        HashedBlock parent,
        IEnumerable<Transaction>? transactions = null,
        Address? miner = null,
        Func<BlockHeader, BlockHeader>? change = null,
        Func<Block, HashedBlock>? seal = null)
    {
        MoveTo(_made[parent.Id]);
        Transaction[] payments = [.. transactions ?? []];
        (Transaction reward, Hash256 stateRoot, _) = Execute(payments, null, miner ?? World.Miner, default);

        Transaction[] all = [reward, .. payments];
        BlockHeader header = BlockAssembly.HeaderOn(_world.Profile, parent, all, stateRoot, _state.HistoryRoot, milliseconds: 1_000);
        var block = new Block { Header = change?.Invoke(header) ?? header, Transactions = all };
        HashedBlock hashed = seal?.Invoke(block) ?? Search(block);
        (_, _, StateDelta delta) = Execute(payments, reward, World.Miner, hashed.Id);
        _made.TryAdd(hashed.Id, new Made(hashed, _position, delta));
        return hashed;
    }

    /// <summary>Makes a chain of blocks without payments.</summary>
    public List<HashedBlock> Chain(HashedBlock parent, int length, Address? miner = null)
    {
        var chain = new List<HashedBlock>();
        for (int i = 0; i < length; i++) chain.Add(parent = Next(parent, miner: miner));
        return chain;
    }

    /// <summary>The blocks from the first one to a block, lowest first.</summary>
    public IEnumerable<HashedBlock> ChainTo(HashedBlock tip)
    {
        var chain = new Stack<HashedBlock>();
        for (Made made = _made[tip.Id]; made.Parent is not null; made = made.Parent) chain.Push(made.Block);
        return chain;
    }

    public HashedBlock Hash(Block block) => HashedBlock.Create(block, _world.Profile.Format, _world.ChainId);

    /// <summary>Searches the nonce that the header's own target asks for.</summary>
    public HashedBlock Search(Block block)
    {
        BlockHeader header = block.Header;
        while (_world.Profile.Format.Digest(header) >= header.Target) header = header with { Nonce = header.Nonce + 1 };
        return Hash(With(block, header));
    }

    /// <summary>Finishes a block with a signer's seal.</summary>
    public Func<Block, HashedBlock> SealedBy(Address signer) => block =>
        Hash(With(block, seal: PlainSignatures.Sign(signer, _world.Profile.Format.Digest(block.Header))));

    /// <summary>The same block with something else in it.</summary>
    public static Block With(
        Block block, BlockHeader? header = null, byte[]? seal = null, byte[]? certificate = null, Transaction[]? transactions = null) => new()
        {
            Header = header ?? block.Header,
            Transactions = transactions ?? block.Transactions,
            Seal = seal ?? block.Seal,
            Certificate = certificate ?? block.Certificate,
        };

    private (Transaction Reward, Hash256 StateRoot, StateDelta Delta) Execute(
        Transaction[] payments, Transaction? reward, Address miner, BlockId id)
    {
        var overlay = new StateOverlay(_state);
        var execution = new BlockExecution(_world.Profile, overlay);
        bool rewardFirst = _world.Profile.Format.Traits.RewardAppliesFirst;
        if (rewardFirst) execution.ApplyReward(reward ??= BlockAssembly.RewardOf(execution, miner, ++_rewards));
        foreach (Transaction payment in payments) execution.Apply(payment);
        if (!rewardFirst) execution.ApplyReward(reward ??= BlockAssembly.RewardOf(execution, miner, ++_rewards));
        StateDelta delta = execution.Complete(id, _world.WeightAt?.Invoke(execution.Height) ?? _world.BlockWeight);
        return (reward!, overlay.StateRoot, delta);
    }

    private void MoveTo(Made target)
    {
        var down = new Stack<Made>();
        Made other = target;
        while (!ReferenceEquals(_position, other))
        {
            if (_position.Block.Header.Height >= other.Block.Header.Height)
            {
                _state.Apply(_position.Delta.Reverse());
                _position = _position.Parent!;
            }
            else
            {
                down.Push(other);
                other = other.Parent!;
            }
        }

        while (down.TryPop(out Made? next))
        {
            _state.Apply(next.Delta);
            _position = next;
        }
    }

    private sealed record Made(HashedBlock Block, Made? Parent, StateDelta Delta);
}
