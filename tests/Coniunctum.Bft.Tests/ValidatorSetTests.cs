using Coniunctum.Bft.Tests.Exploration;
using Coniunctum.Crypto;

namespace Coniunctum.Bft.Tests;

public sealed class ValidatorSetTests
{
    [Test]
    public void Of_AnImpossibleSet_IsRefusedWithTheReason()
    {
        AssertRefused("at least one", []);
        AssertRefused("named twice", [new(Actors.Address(1), 1), new(Actors.Address(1), 2)]);
        AssertRefused("at least 1", [new(Actors.Address(1), 1), new(Actors.Address(2), 0)]);
        AssertRefused("root", [new(Address.Root, 1)]);
        AssertRefused("add up", [new(Actors.Address(1), 1UL << 60), new(Actors.Address(2), 1)]);
        AssertRefused("at most 100", [.. Enumerable.Range(0, 101).Select(number => new Validator(Actors.Address(number), 1))]);

        static void AssertRefused(string reason, Validator[] members) =>
            Assert.That(() => ValidatorSet.Of(members), Throws.ArgumentException.With.Message.Contains(reason));
    }

    // More than two thirds, and more than a third, of 1 to 9 validators of weight 1.
    [TestCase(1, 1, 1)]
    [TestCase(2, 2, 1)]
    [TestCase(3, 3, 2)]
    [TestCase(4, 3, 2)]
    [TestCase(5, 4, 2)]
    [TestCase(6, 5, 3)]
    [TestCase(7, 5, 3)]
    [TestCase(9, 7, 4)]
    public void IsQuorum_OfEqualMembers_IsMoreThanTwoThirds(int count, int quorum, int honest)
    {
        ValidatorSet set = Of(count);
        Assert.That(Enumerable.Range(0, count + 1).First(weight => set.IsQuorum((ulong)weight)), Is.EqualTo(quorum));
        Assert.That(Enumerable.Range(0, count + 1).First(weight => set.HasHonest((ulong)weight)), Is.EqualTo(honest));
    }

    [Test]
    public void IsQuorum_OfTheLargestWeights_DoesNotOverflow()
    {
        ValidatorSet set = ValidatorSet.Of([new Validator(Actors.Address(1), (1UL << 60) - 1), new Validator(Actors.Address(2), 1)]);
        Assert.That(set.IsQuorum(1UL << 60), Is.True);
        Assert.That(set.IsQuorum((1UL << 60) / 3 * 2), Is.False);
        Assert.That(set.ProposerAt(ulong.MaxValue, BftMessage.MaxRound), Is.InRange(0, 1));
    }

    [Test]
    public void TryDecode_GivesTheSetBack_AndRefusesEveryOtherOrderAndLength()
    {
        ValidatorSet set = ValidatorSet.Of(Enumerable.Range(0, 100).Select(number => new Validator(Actors.Address(number), (ulong)(number + 1) << 40)));
        Assert.That(ValidatorSet.Decode(set.Encoded), Is.EqualTo(set));
        Assert.That(set.Encoded.Length, Is.LessThanOrEqualTo(ValidatorSet.MaxEncodedBytes));
        Assert.That(ValidatorSet.Decode(set.Encoded[..^1]), Is.Null);
        Assert.That(ValidatorSet.Decode(new byte[] { 0x90 }), Is.Null);

        byte[] two = ValidatorSet.Of(Actors.Address(1), Actors.Address(2)).Encoded.ToArray();
        int member = (two.Length - 1) / 2;
        byte[] swapped = [two[0], .. two[(1 + member)..], .. two[1..(1 + member)]];
        Assert.That(ValidatorSet.Decode(two), Is.Not.Null);
        Assert.That(ValidatorSet.Decode(swapped), Is.Null);
    }

    [Test]
    public void IndexOf_FindsEveryMemberAndNobodyElse()
    {
        ValidatorSet set = Of(7);
        Assert.That(set.Select(member => set.IndexOf(member.Address)), Is.EqualTo(Enumerable.Range(0, 7)));
        Assert.That(set.IndexOf(Actors.Address(7)), Is.EqualTo(-1));
        Assert.That(set.IndexOf(Address.Root), Is.EqualTo(-1));
    }

    [TestCase(1UL)]
    [TestCase(1UL, 1UL, 1UL, 1UL)]
    [TestCase(5UL, 1UL, 1UL, 3UL)]
    [TestCase(100UL, 1UL, 2UL)]
    [TestCase(7UL, 7UL, 7UL, 7UL, 7UL, 7UL, 7UL)]
    public void ProposerAt_OverATurn_IsEachMemberAsOftenAsItsWeight(params ulong[] weights)
    {
        ValidatorSet set = ValidatorSet.Of(weights.Select((weight, number) => new Validator(Actors.Address(number), weight)));
        foreach (ulong start in new[] { 0UL, 12_345UL, ulong.MaxValue - 1_000 })
        {
            ulong[] turns = new ulong[set.Count];
            for (ulong i = 0; i < set.TotalWeight; i++) turns[set.ProposerAt(start + (i / 2), (int)(i - (i / 2)))]++;
            Assert.That(turns, Is.EqualTo(weights));
        }
    }

    [Test]
    public void ProposerAt_WithALargeWeight_LeavesNobodyWaitingLong()
    {
        // One of five owns half; whoever owns a tenth waits about ten turns, not fifty.
        ValidatorSet set = ValidatorSet.Of(new[] { 500UL, 125UL, 125UL, 125UL, 125UL }.Select((weight, number) => new Validator(Actors.Address(number), weight)));
        int[] last = new int[set.Count];
        int longest = 0;
        int row = 0;
        for (int i = 1; i <= 3_000; i++)
        {
            int proposer = set.ProposerAt(7, i);
            longest = Math.Max(longest, i - last[proposer]);
            row = proposer == 0 && last[0] == i - 1 ? row + 1 : 0;
            Assert.That(row, Is.LessThan(3));
            last[proposer] = i;
        }

        Assert.That(longest, Is.LessThanOrEqualTo(21));
    }

    [Test]
    public void TryChange_AddsRemovesAndReweighs_ButLeavesNoImpossibleSet()
    {
        ValidatorSet set = Of(2);
        Assert.That(set.Change(Actors.Address(5), 3, out ValidatorSet? larger), Is.Null);
        Assert.That(larger!.TotalWeight, Is.EqualTo(5));
        Assert.That(larger.Change(Actors.Address(5), 1, out ValidatorSet? lighter), Is.Null);
        Assert.That(lighter, Is.EqualTo(ValidatorSet.Of(Actors.Address(0), Actors.Address(1), Actors.Address(5))));
        Assert.That(lighter!.Change(Actors.Address(0), 0, out ValidatorSet? smaller), Is.Null);
        Assert.That(smaller!.Count, Is.EqualTo(2));
        Assert.That(Of(1).Change(Actors.Address(0), 0, out _), Does.Contain("at least one"));
        Assert.That(set.Change(Actors.Address(0), ulong.MaxValue, out _), Does.Contain("add up"));
    }

    private static ValidatorSet Of(int count) => ValidatorSet.Of(Enumerable.Range(0, count).Select(Actors.Address));
}
