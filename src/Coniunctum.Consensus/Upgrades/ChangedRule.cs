using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Upgrades;

/// <summary>The first rule up to the height of the hand-over, the second one above.</summary>
internal sealed class ChangedRule(ConsensusParts first, ConsensusParts second, ulong height) : IConsensusRule
{
    public int StateLag => Math.Min(first.Rule.StateLag, second.Rule.StateLag);

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals) =>
        RuleAt(header.Height).Check(header, ancestors, InnerOf(parent), now, seals);

    public TimeSpan? FutureAllowanceAt(ulong at) => RuleAt(at).FutureAllowanceAt(at);

    public bool ChecksWholly(ulong at, IAncestors ancestors, RuleState parent) => RuleAt(at).ChecksWholly(at, ancestors, InnerOf(parent));

    public Verdict CheckAlone(in HeaderView header) => RuleAt(header.Height).CheckAlone(header);

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after)
    {
        if (header.Height == height) return new ChangedState(height, first.Rule.Weight(header, parent), second.Initial);
        return parent is ChangedState changed && header.Height > height
            ? changed with { Inner = second.Rule.Advance(changed.Inner, header, after) }
            : first.Rule.Advance(parent, header, after);
    }

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) =>
        RuleAt(draft.Height).Prepare(ref draft, ancestors, InnerOf(parent));

    public Work Weight(in HeaderView header, RuleState parent) => header.Height > height && parent is ChangedState changed
        ? Multiply(changed.Unit, second.Rule.Weight(header, changed.Inner))
        : first.Rule.Weight(header, parent);

    public int SignersInForce(ulong at, RuleState parent) => RuleAt(at).SignersInForce(at, InnerOf(parent));

    private IConsensusRule RuleAt(ulong at) => at <= height ? first.Rule : second.Rule;

    /// <summary>What the rule in force carries; a change at a lower height has wrapped the first rule's own.</summary>
    private RuleState InnerOf(RuleState state) => state is ChangedState changed && changed.Height == height ? changed.Inner : state;

    /// <summary>The greatest work where the product does not fit: a chain that adds it is refused for the overflow.</summary>
    private static Work Multiply(in Work unit, in Work times)
    {
        BigInteger product = Number(unit) * Number(times);
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        int length = product.GetByteCount(isUnsigned: true);
        if (length > bytes.Length) return Work.Max;
        product.TryWriteBytes(bytes[^length..], out _, isUnsigned: true, isBigEndian: true);
        return Work.FromBytes(new Hash256(bytes));
    }

    private static BigInteger Number(in Work work) => new(work.ToBytes().AsSpan(), isUnsigned: true, isBigEndian: true);
}
