using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

public sealed class StateDeltaTests
{
    [Test]
    public void TryDecode_AnyDelta_EncodesToTheSameBytes()
    {
        const int seed = 0xde17a1;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 200; i++)
        {
            StateDelta delta = Draw(random);
            byte[] encoded = delta.Encode();
            Assert.That(StateDelta.Decode(encoded, out StateDelta? decoded).IsValid, Is.True);
            Assert.That(decoded!.Before, Is.EqualTo(delta.Before));
            Assert.That(decoded.After, Is.EqualTo(delta.After));
            Assert.That(decoded.Accounts, Is.EqualTo(delta.Accounts));
            Assert.That(decoded.Entries.Select(Text), Is.EqualTo(delta.Entries.Select(Text)));
            Assert.That(decoded.Rewards, Is.EqualTo(delta.Rewards));
            Assert.That(decoded.TagsAdded.Select(Text), Is.EqualTo(delta.TagsAdded.Select(Text)));
            Assert.That(decoded.TagsForgotten.Select(Text), Is.EqualTo(delta.TagsForgotten.Select(Text)));
            Assert.That(decoded.FailedCalls, Is.EqualTo(delta.FailedCalls));
            Assert.That(decoded.Encode(), Is.EqualTo(encoded));
            Assert.That(decoded.Reverse().Reverse().Encode(), Is.EqualTo(encoded));
        }
    }

    [Test]
    public void TryDecode_CutAnywhereOrExtended_IsAFault()
    {
        byte[] encoded = Draw(new Random(7)).Encode();
        for (int length = 0; length < encoded.Length; length++)
        {
            Assert.That(StateDelta.Decode(encoded.AsMemory(0, length), out StateDelta? delta).IsValid, Is.False);
            Assert.That(delta, Is.Null);
        }

        Assert.That(StateDelta.Decode(new byte[] { 0 }, out _).IsValid, Is.False);
        Assert.That(StateDelta.Decode((byte[])[.. encoded, 0], out _).Fault, Is.EqualTo(DecodeFault.TrailingBytes));
    }

    [Test]
    public void TryDecode_MutatedBytes_IsAFaultOrAnotherDelta()
    {
        const int seed = 0xde17a2;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int faults = 0;
        const int rounds = 20_000;
        byte[] original = Draw(random).Encode();
        for (int i = 0; i < rounds; i++)
        {
            if (i % 100 == 0) original = Draw(random).Encode();
            byte[] mutated = [.. original];
            for (int n = random.Next(1, 4); n > 0; n--) mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(4) == 0) mutated = [.. mutated[..random.Next(mutated.Length)], .. Samples.DrawBytes(random, random.Next(4)), .. mutated[random.Next(mutated.Length)..]];
            DecodeOutcome outcome = StateDelta.Decode(mutated, out StateDelta? delta);
            if (outcome.IsValid)
                Assert.That(delta!.Encode(), Is.EqualTo(mutated), "every delta has one encoding");
            else
                faults++;
        }

        TestContext.Out.WriteLine(Invariant($"{faults} faults in {rounds}"));
        Assert.That(faults, Is.InRange(rounds / 20, rounds - 100));
    }

    [TestCaseSource(nameof(Disorders))]
    public void TryDecode_ListsOutOfOrder_IsAFault(Func<StateDelta, StateDelta> disorder)
    {
        // The encoder trusts its input: what it writes of a disorderly delta is what no one should write.
        StateDelta delta = Draw(new Random(9), isFull: true);
        Assert.That(StateDelta.Decode(delta.Encode(), out _).IsValid, Is.True);
        Assert.That(StateDelta.Decode(disorder(delta).Encode(), out _).Fault, Is.EqualTo(DecodeFault.InvalidValue));
    }

    [Test]
    public void TryDecode_GiganticList_AllocatesLittle()
    {
        // A list of 2^20 items is announced; there are few bytes.
        byte[] head = new StateDelta(StateSummary.Empty, StateSummary.Empty).Encode();
        byte[] encoded = [.. head[..^5], 0xdd, 0x00, 0x0f, 0xff, 0xff, .. new byte[4]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(StateDelta.Decode(encoded, out _).Fault, Is.EqualTo(DecodeFault.Truncated));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64 * 1024));
    }

    [Test]
    public void Apply_DeltaOfAnotherState_Throws()
    {
        var chain = new TestChain(Coniunctum.Ledger.Formats.StandardFormat.Instance);
        StateDelta first = chain.Adopt(chain.Next(chain.Payment(TestChain.Alice, TestChain.Bob, 5)));
        chain.Adopt(chain.Next());

        Assert.That(() => chain.State.Apply(first), Throws.InvalidOperationException);
        Assert.That(() => chain.Overlay().Apply(first.Reverse()), Throws.InvalidOperationException);
    }

    private static IEnumerable<TestCaseData> Disorders()
    {
        yield return Case("accounts reversed", delta => With(delta, accounts: [.. delta.Accounts.Reverse()]));
        yield return Case("an account twice", delta => With(delta, accounts: [.. delta.Accounts.SelectMany(change => new[] { change, change })]));
        yield return Case("an account that stays", delta => With(delta, accounts: [.. delta.Accounts.Select(change => change with { After = change.Before })]));
        yield return Case("a balance beyond the supply", delta => With(delta, accounts: [.. delta.Accounts.Select(change => change with { Before = 1UL << 63, After = 1 })]));
        yield return Case("entries reversed", delta => With(delta, entries: [.. delta.Entries.Reverse()]));
        yield return Case("an entry twice", delta => With(delta, entries: [.. delta.Entries.SelectMany(change => new[] { change, change })]));
        yield return Case("an entry that stays", delta => With(delta, entries: [.. delta.Entries.Select(change => change with { Before = change.After })]));
        yield return Case("rewards reversed", delta => With(delta, rewards: [.. delta.Rewards.Reverse()]));
        yield return Case("a reward that stays", delta => With(delta, rewards: [.. delta.Rewards.Select(change => change with { After = change.Before })]));
        yield return Case("heights of tags reversed", delta => With(delta, tags: [.. delta.TagsAdded.Reverse()]));
        yield return Case("fingerprints reversed", delta => With(delta, tags: [.. delta.TagsAdded.Select(group => group with { Fingerprints = [.. group.Fingerprints.Reverse()] })]));
        yield return Case("a fingerprint twice", delta => With(delta, tags: [.. delta.TagsAdded.Select(group => group with { Fingerprints = [group.Fingerprints[0], .. group.Fingerprints] })]));
        yield return Case("failed calls reversed", delta => With(delta, failed: [.. delta.FailedCalls.Reverse()]));
        yield return Case("no fingerprints", delta => With(delta, tags: [.. delta.TagsAdded.Select(group => group with { Fingerprints = [] })]));

        static TestCaseData Case(string name, Func<StateDelta, StateDelta> disorder) => new TestCaseData(disorder).SetArgDisplayNames(name);
    }

    private static StateDelta With(
        StateDelta delta, AccountChange[]? accounts = null, EntryChange[]? entries = null, RewardChange[]? rewards = null, TagGroup[]? tags = null,
        FailedCall[]? failed = null) =>
        new(delta.Before, delta.After)
        {
            Accounts = accounts ?? delta.Accounts,
            Entries = entries ?? delta.Entries,
            Rewards = rewards ?? delta.Rewards,
            TagsForgotten = delta.TagsForgotten,
            TagsAdded = tags ?? delta.TagsAdded,
            FailedCalls = failed is null ? delta.FailedCalls : [.. failed],
        };

    private static StateDelta Draw(Random random, bool isFull = false)
    {
        int Count(int most) => isFull ? most : random.Next(most);
        HistoryTree history = HistoryTree.Empty;
        for (int i = Count(20); i > 0; i--) history = history.With(new BlockId(Samples.DrawHash(random)), Work.From((ulong)random.NextInt64()));
        var before = new StateSummary((ulong)random.NextInt64(), (ulong)random.NextInt64(), Samples.DrawHash(random), history);
        if (random.Next(2) == 0) history = history.With(new BlockId(Samples.DrawHash(random)), Work.From(1));
        var after = new StateSummary((ulong)random.NextInt64(), (ulong)random.NextInt64(), Samples.DrawHash(random), history);
        IEnumerable<AccountChange> accounts = Enumerable.Range(0, Count(12)).Select(_ =>
        {
            ulong balance = (ulong)random.NextInt64();
            return new AccountChange(new Address(Samples.DrawHash(random)), random.Next(3) == 0 ? 0 : balance, balance ^ 1);
        });
        IEnumerable<EntryChange> entries = Enumerable.Range(0, Count(6)).Select(i =>
        {
            byte[] key = [(byte)i, .. Samples.DrawBytes(random, random.Next(40))];
            byte[] value = Samples.DrawBytes(random, random.Next(1, 300));
            return new EntryChange((uint)random.Next(3), key, random.Next(2) == 0 ? [] : (byte[])[1, .. value], value);
        });
        return new StateDelta(before, after)
        {
            Accounts = AccountChange.Sort(accounts),
            Entries = EntryChange.Sort(entries),
            Rewards = [.. Enumerable.Range(0, Count(3)).Select(i => new RewardChange((ulong)i * 7, null, new PendingReward(new Address(Samples.DrawHash(random)), 5)))],
            TagsForgotten = DrawTags(random, Count(2)),
            TagsAdded = DrawTags(random, Count(3)),
            FailedCalls = [.. Enumerable.Range(1, Count(3)).Select(i => new FailedCall(i * i, CallOutcome.Refused(i == 1 ? "no \ud83d" : "too late").Reason!))],
        };
    }

    private static TagGroup[] DrawTags(Random random, int groups) =>
    [
        .. Enumerable.Range(0, groups).Select(i => new TagGroup(
            (ulong)i * 300,
            [.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())).Order()])),
    ];

    private static string Text(EntryChange change) =>
        $"{change.App} {Convert.ToHexString(change.Key.Span)}: {Convert.ToHexString(change.Before.Span)} {Convert.ToHexString(change.After.Span)}";

    private static string Text(TagGroup group) => $"{group.ValidUntil}: {string.Join(' ', group.Fingerprints)}";
}
