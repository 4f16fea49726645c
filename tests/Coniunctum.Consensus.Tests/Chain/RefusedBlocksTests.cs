using System.Buffers.Binary;
using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.Chain;

public sealed class RefusedBlocksTests
{
    private const int Capacity = 10_000;

    [Test]
    public void Add_BeyondTheCapacity_ForgetsTheOldest()
    {
        var refused = new RefusedBlocks();
        for (int i = 0; i < Capacity; i++) refused.Add(Id(i), Verdict.Invalid(BlockRule.HeightWrong, (ulong)i, 0));
        Assert.That(refused.Why(Id(0)), Is.EqualTo(Verdict.Invalid(BlockRule.HeightWrong, 0, 0)));
        refused.Add(Id(0), Verdict.Invalid(BlockRule.ProofInvalid, 1, 0));
        Assert.That(refused.Why(Id(0)), Is.EqualTo(Verdict.Invalid(BlockRule.HeightWrong, 0, 0)), "the first reason stands");
        Assert.That(refused.Why(Id(1)), Is.Not.Null, "and takes no second place");
        refused.Add(Id(Capacity), Verdict.Invalid(BlockRule.HeightWrong, Capacity, 0));
        Assert.That(refused.Why(Id(0)), Is.Null);
        for (int i = 1; i <= Capacity; i++) Assert.That(refused.Why(Id(i))!.Value.Found.Number, Is.EqualTo((ulong)i));
        Assert.That(refused.Why(Id(-1)), Is.Null);
    }

    private static BlockId Id(int number)
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new BlockId(new Hash256(bytes));
    }
}
