using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>A block in the tree of all known blocks, with what is known of its validity.</summary>
internal sealed class BlockNode(
    HashedBlock block, BlockNode? parent, Work weight, Work chainWeight, RuleState ruleState, SealClaims seals, SealClaims certificate)
{
    public HashedBlock Block => block;

    public HeaderView Header => HeaderView.Of(block);

    public BlockNode? Parent => parent;

    /// <summary>The known blocks that build on it; kept by the tree.</summary>
    public List<BlockNode> Children { get; } = new(capacity: 1);

    public BlockId Id => block.Id;

    public ulong Height => block.Header.Height;

    /// <summary>Bytes of the whole block.</summary>
    public int Size => block.Encoded.Length;

    public Work Weight => weight;

    public Work ChainWeight => chainWeight;

    /// <summary>What the rule carries on after this block; exact once the block was executed.</summary>
    public RuleState RuleState { get; set; } = ruleState;

    /// <summary>What the rule carried to the parent when this header was checked.</summary>
    public RuleState? CheckedAgainst { get; set; } = parent?.RuleState;

    /// <summary>Whether the header was checked against what the rule carries after the parent was executed.</summary>
    public bool IsCheckedExactly => parent!.Delta is not null && parent.RuleState.Equals(CheckedAgainst);

    public SealClaims Seals { get; set; } = seals;

    /// <summary>The signatures of the block's certificate.</summary>
    public SealClaims Certificate { get; set; } = certificate;

    /// <summary>Whether the seals and the transactions' signatures were verified.</summary>
    public bool IsVerified { get; set; }

    /// <summary>The signatures that are being verified, or <c>null</c>.</summary>
    public BlockSignatures? Verification { get; set; }

    /// <summary>What executing the block changed; <c>null</c> until then.</summary>
    public StateDelta? Delta { get; set; }

    public ForkChoiceBlock ForForkChoice => new(Id, parent!.Id, Height, weight, chainWeight);
}
