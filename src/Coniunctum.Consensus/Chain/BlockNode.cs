using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A block in the tree, with what is known of its validity. The header stays as long as the node; what is in the store may
/// leave memory.
/// </summary>
internal sealed class BlockNode
{
    /// <summary>A block that has arrived.</summary>
    public BlockNode(BlockCopy copy, BlockNode parent, Work weight, Work chainWeight, RuleState ruleState)
    {
        (Header, Body, Size, From) = (HeaderView.Of(copy.Block), copy.Block, copy.Block.Encoded.Length, copy.From);
        (Parent, Weight, ChainWeight, RuleState) = (parent, weight, chainWeight, ruleState);
        (Seals, Certificate, CheckedAgainst) = (copy.Seals, copy.Certificate, parent.RuleState);
    }

    /// <summary>A block of the store: it was part of the best chain, so that nothing of it has to be checked.</summary>
    public BlockNode(in HeaderView header, BlockNode? parent, Work weight, Work chainWeight, RuleState ruleState)
    {
        (Header, Parent, Weight, ChainWeight, RuleState) = (header, parent, weight, chainWeight, ruleState);
        (Seals, Certificate, CheckedAgainst) = (new SealClaims(), new SealClaims(), parent?.RuleState);
        (IsProven, IsVerified, IsExecuted, IsCommitted, IsDurable, IsSettled) = (true, true, true, true, true, true);
    }

    private BlockNode(in HeaderView header, BlockNode parent, Work weight, Work chainWeight, RuleState ruleState, bool isProven)
    {
        (Header, Parent, Weight, ChainWeight, RuleState) = (header, parent, weight, chainWeight, ruleState);
        (Seals, Certificate, CheckedAgainst) = (new SealClaims(), new SealClaims(), parent.RuleState);
        (IsProven, IsSettled) = (isProven, true);
    }

    public HeaderView Header { get; private set; }

    public BlockId Id => Header.Id;

    public ulong Height => Header.Height;

    /// <summary>The parent, or <c>null</c> where the tree begins.</summary>
    public BlockNode? Parent { get; private set; }

    /// <summary>The known blocks that build on it; kept by the tree.</summary>
    public List<BlockNode> Children { get; } = new(capacity: 1);

    /// <summary>Whether it is in the tree; kept by the tree.</summary>
    public bool IsInTree { get; set; }

    /// <summary>Whether invalid blocks have been counted for it.</summary>
    public bool HostsInvalid { get; set; }

    /// <summary>When it joined the tree, counted in blocks, also over restarts where that is kept; set by the tree.</summary>
    public long Arrival { get; set; }

    /// <summary>What it draws for the case of a tie; set by the tree.</summary>
    public ulong Precedence { get; set; }

    public Work Weight { get; }

    public Work ChainWeight { get; }

    /// <summary>Bytes of the whole block; 0 where only its header was read from the store.</summary>
    public int Size { get; private set; }

    /// <summary>The whole block, or <c>null</c> while only the store has it.</summary>
    public HashedBlock? Body { get; private set; }

    /// <summary>What executing the block changed; <c>null</c> before that, and while only the store has it.</summary>
    public StateDelta? Delta { get; private set; }

    /// <summary>What the rule carries on after this block; exact once the block was executed.</summary>
    public RuleState RuleState { get; private set; }

    /// <summary>What the rule carried to the parent when this header was checked.</summary>
    public RuleState? CheckedAgainst { get; set; }

    /// <summary>Whether the header was checked against what the rule carries after the parent was executed.</summary>
    public bool IsCheckedExactly => Parent!.IsExecuted && Parent.RuleState.Equals(CheckedAgainst);

    public SealClaims Seals { get; set; }

    /// <summary>The signatures of the block's certificate.</summary>
    public SealClaims Certificate { get; set; }

    /// <summary>Who sent the copy that is here.</summary>
    public PeerId From { get; private set; }

    /// <summary>Whether its sender has had the last answer.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether the signatures of <see cref="Seals"/> and <see cref="Certificate"/> were verified.</summary>
    public bool IsProven { get; set; }

    /// <summary>Whether the transactions' signatures were verified, and the block is proven.</summary>
    public bool IsVerified { get; set; }

    /// <summary>The signatures that are being verified, or <c>null</c>.</summary>
    public BlockSignatures? Verification { get; set; }

    /// <summary>Whether the block was executed, which it is once.</summary>
    public bool IsExecuted { get; private set; }

    /// <summary>Whether a commit that holds the block is durable or on its way.</summary>
    public bool IsCommitted { get; set; }

    /// <summary>Whether the store has the block, and what undoes it.</summary>
    public bool IsDurable { get; set; }

    /// <summary>Whether nothing but its header is here or in the store: its body must be asked for before it can win.</summary>
    public bool LacksBody => Body is null && !IsDurable;

    public ForkChoiceBlock ForForkChoice => new(Id, Header.Header.Previous, Height, Weight, ChainWeight, Precedence);

    /// <summary>A block of which a store has the header, which was proven before it was stored.</summary>
    public static BlockNode OfHeader(in HeaderView header, BlockNode parent, Work weight, Work chainWeight, RuleState ruleState) =>
        new(header, parent, weight, chainWeight, ruleState, isProven: true);

    public void SetExecuted(StateDelta delta, RuleState exactState) => (Delta, RuleState, IsExecuted) = (delta, exactState, true);

    /// <summary>Takes the copy whose witnesses were proven, before the block joins the tree.</summary>
    public void Prove(BlockCopy copy)
    {
        (Header, Body, Size, From) = (HeaderView.Of(copy.Block), copy.Block, copy.Block.Encoded.Length, copy.From);
        (Seals, Certificate, IsProven) = (copy.Seals, copy.Certificate, true);
    }

    /// <summary>Takes a copy of which only the header was here. Whoever sent it waits for an answer.</summary>
    public void Fill(BlockNode copy)
    {
        (Header, Body, Size, From) = (copy.Header, copy.Body, copy.Size, copy.From);
        (Seals, Certificate, CheckedAgainst, IsSettled) = (copy.Seals, copy.Certificate, copy.CheckedAgainst, false);
    }

    /// <summary>Takes back into memory what had left it.</summary>
    public void Load(HashedBlock body, StateDelta? delta) => (Body, Delta, Size) = (body, delta, body.Encoded.Length);

    /// <summary>Releases what the store has.</summary>
    public void Unload()
    {
        if (!IsDurable) throw new InvalidOperationException($"The block {Id} is in memory only.");
        (Body, Delta) = (null, null);
        // The seal is a slice of the body's bytes, which it would keep.
        Header = Header with { Seal = Header.Seal.ToArray() };
    }

    /// <summary>Releases all but the header, of a block that is only weighed.</summary>
    public void Forget()
    {
        (Body, Delta, Verification) = (null, null, null);
        (Seals, Certificate) = (new SealClaims(), new SealClaims());
        Header = Header with { Seal = Header.Seal.ToArray() };
        Children.Clear();
    }

    /// <summary>Makes the node the beginning of its tree.</summary>
    public void Detach() => Parent = null;
}
