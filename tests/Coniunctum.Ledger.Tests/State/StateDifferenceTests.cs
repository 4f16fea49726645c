using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

/// <summary>Two states beside each other, and the digest of one.</summary>
[TestFixtureSource(typeof(Samples), nameof(Samples.Formats))]
public sealed class StateDifferenceTests(IBlockFormat format)
{
    private static readonly Address s_owner = new(Plain.Fill(0x11));
    private static readonly Address s_other = new(Plain.Fill(0x22));

    [Test]
    public void DifferencesTo_RandomStates_AreThoseThatTwoTablesHave()
    {
        const int seed = 0xd1ff;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int found = 0;
        for (int round = 0; round < 200; round++)
        {
            (Dictionary<int, ulong> accounts, Dictionary<int, byte> entries) before = Draw(), after = Draw();
            StateDifference[] differences = [.. SnapshotOf(before.accounts, before.entries).DifferencesTo(SnapshotOf(after.accounts, after.entries))];
            Assert.That(
                differences.OfType<StateDifference.Account>().Select(account => (account.Owner, account.Before, account.After)),
                Is.EquivalentTo(before.accounts.Keys.Union(after.accounts.Keys)
                    .Select(key => (OwnerOf(key), before.accounts.GetValueOrDefault(key), after.accounts.GetValueOrDefault(key)))
                    .Where(account => account.Item2 != account.Item3)));
            Assert.That(
                differences.OfType<StateDifference.Entry>().Select(entry => ((int)entry.Application.Value, entry.Key.Span[0], ByteOf(entry.Before), ByteOf(entry.After))),
                Is.EquivalentTo(before.entries.Keys.Union(after.entries.Keys)
                    .Select(key => (key % 3, (byte)key, before.entries.GetValueOrDefault(key), after.entries.GetValueOrDefault(key)))
                    .Where(entry => entry.Item3 != entry.Item4)));
            found += differences.Length;
            Assert.That(SnapshotOf(after.accounts, after.entries).DifferencesTo(SnapshotOf(before.accounts, before.entries)).Count(), Is.EqualTo(differences.Length));
            Assert.That(SnapshotOf(before.accounts, before.entries).DifferencesTo(SnapshotOf(before.accounts, before.entries)), Is.Empty);
        }

        Assert.That(found, Is.GreaterThan(1_000));

        (Dictionary<int, ulong>, Dictionary<int, byte>) Draw() => (
            Enumerable.Range(1, 40).Where(_ => random.Next(3) > 0).ToDictionary(key => key, _ => (ulong)random.Next(1, 4)),
            Enumerable.Range(1, 20).Where(_ => random.Next(3) > 0).ToDictionary(key => key, _ => (byte)random.Next(1, 4)));

        static byte ByteOf(ReadOnlyMemory<byte> value) => value.IsEmpty ? (byte)0 : value.Span[0];
    }

    [Test]
    public void ComputeDigest_IsTheHashThatItsDefinitionSays()
    {
        PendingRewards rewards = PendingRewards.None.With(5, new PendingReward(s_other, 8));
        StateSnapshot snapshot = SnapshotOf([new AccountChange(s_owner, 0, 300)], [new EntryChange(7, new byte[] { 1, 2 }, default, new byte[] { 3 })], rewards, height: 9, supply: 300);
        byte[] account = Plain.Join([0x00], s_owner.Value.ToArray(), Plain.Be(300UL));
        byte[] entry = [0x01, 0, 0, 0, 7, 0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3];
        bool isAccountFirst = StateKeys.OfAccount(s_owner).CompareTo(StateKeys.OfApplication(7, [1, 2])) < 0;
        byte[] message = Plain.Join(
            "coniunctum state 1"u8.ToArray(), Plain.Be(9UL), Plain.Be(300UL), isAccountFirst ? account : entry, isAccountFirst ? entry : account,
            [0x02], Plain.Be(5UL), s_other.Value.ToArray(), Plain.Be(8UL));
        Assert.That(snapshot.ComputeDigest(), Is.EqualTo(Sha3_256.Hash(message)));
    }

    [Test]
    public void ComputeDigest_IsAnotherForEachThingThatIsOtherwise_AndTheSameUnderAnotherTagKey()
    {
        AccountChange[] accounts = [new(s_owner, 0, 300)];
        EntryChange[] entries = [new(7, new byte[] { 1, 2 }, default, new byte[] { 3 })];
        PendingRewards rewards = PendingRewards.None.With(5, new PendingReward(s_other, 8));
        StateSnapshot[] all =
        [
            SnapshotOf(accounts, entries, rewards),
            SnapshotOf([new(s_owner, 0, 301)], entries, rewards),
            SnapshotOf([new(s_other, 0, 300)], entries, rewards),
            SnapshotOf([], entries, rewards),
            SnapshotOf(accounts, [], rewards),
            SnapshotOf(accounts, [new(7, new byte[] { 1, 2 }, default, new byte[] { 4 })], rewards),
            SnapshotOf(accounts, [new(7, new byte[] { 1 }, default, new byte[] { 2, 3 })], rewards),
            SnapshotOf(accounts, [new(8, new byte[] { 1, 2 }, default, new byte[] { 3 })], rewards),
            SnapshotOf(accounts, entries, PendingRewards.None),
            SnapshotOf(accounts, entries, PendingRewards.None.With(6, new PendingReward(s_other, 8))),
            SnapshotOf(accounts, entries, rewards, height: 2),
            SnapshotOf(accounts, entries, rewards, supply: 2),
        ];
        Assert.That(all.Select(snapshot => snapshot.ComputeDigest()), Is.Unique);
        Assert.That(SnapshotOf(accounts, entries, rewards, key: new TagKey("a key of 16 bytes"u8[..16])).ComputeDigest(), Is.EqualTo(all[0].ComputeDigest()));
    }

    private static Address OwnerOf(int key) => new(Sha3_256.Hash([(byte)key]));

    private StateSnapshot SnapshotOf(Dictionary<int, ulong> accounts, Dictionary<int, byte> entries) => SnapshotOf(
        [.. accounts.Select(account => new AccountChange(OwnerOf(account.Key), 0, account.Value))],
        [.. entries.Select(entry => new EntryChange((uint)entry.Key % 3, new[] { (byte)entry.Key }, default, new[] { entry.Value }))],
        PendingRewards.None);

    private StateSnapshot SnapshotOf(AccountChange[] accounts, EntryChange[] entries, PendingRewards rewards, ulong height = 1, ulong supply = 1, TagKey key = default)
    {
        var state = new LedgerState(format.Traits, key);
        TreeDraft draft = state.Nodes.BeginDraft();
        StateTree tree = state.Tree.With(
            new StateDelta(state.Summary, state.Summary) { Accounts = AccountChange.Sort(accounts), Entries = EntryChange.Sort(entries) }, draft);
        state.Nodes.TryAdopt(draft.Now);
        return new StateSnapshot(format.Traits, key, new StateSummary(height, supply, default, HistoryTree.Empty), tree, rewards, []);
    }
}
