using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using StandardFormat = Coniunctum.Ledger.Formats.StandardFormat;

namespace Coniunctum.Ledger.Tests.State;

public sealed class StateProofTests
{
    private static readonly AppId App = new(7);

    private static readonly LedgerLimits Limits = new();

    [TestCase(1, 0)]
    [TestCase(2, 0)]
    [TestCase(7, 3)]
    [TestCase(60, 0)]
    [TestCase(2_000, 400)]
    public void Verify_EveryKeyOfAState_IsPresentWithItsValue(int accounts, int entries)
    {
        World world = World.Create(accounts, entries);
        foreach ((Address owner, ulong balance) in world.Balances)
        {
            StateProof proof = AsSent(StateProof.OfAccount(world.State, owner));
            Assert.That(StateProof.VerifyBalance(proof, world.State.StateRoot, owner, out ulong proven), Is.EqualTo(ProofOutcome.Present));
            Assert.That(proven, Is.EqualTo(balance));
        }

        foreach ((byte[] key, byte[] value) in world.Entries)
        {
            StateProof proof = AsSent(StateProof.OfEntry(world.State, App, key));
            Assert.That(StateProof.VerifyEntry(proof, world.State.StateRoot, App, key, out ReadOnlyMemory<byte> proven), Is.EqualTo(ProofOutcome.Present));
            Assert.That(proven.ToArray(), Is.EqualTo(value));
        }
    }

    [TestCase(0, 0)]
    [TestCase(1, 0)]
    [TestCase(2, 0)]
    [TestCase(60, 20)]
    [TestCase(2_000, 400)]
    public void Verify_KeysThatAreNotThere_AreAbsentInBothWays(int accounts, int entries)
    {
        World world = World.Create(accounts, entries);
        var endings = new HashSet<int>();
        for (int i = 0; i < 500; i++)
        {
            var stranger = new Address(Samples.DrawHash(world.Random));
            byte[] encoded = StateProof.OfAccount(world.State, stranger).Encode();
            endings.Add(encoded[^1] == 0xc0 ? 0 : 1);
            Assert.That(StateProof.Decode(encoded, Limits, out StateProof? proof).IsValid, Is.True);
            Assert.That(StateProof.VerifyBalance(proof!, world.State.StateRoot, stranger, out ulong balance), Is.EqualTo(ProofOutcome.Absent));
            Assert.That(balance, Is.Zero);

            byte[] key = Samples.DrawBytes(world.Random, 9);
            StateProof ofEntry = AsSent(StateProof.OfEntry(world.State, App, key));
            Assert.That(StateProof.VerifyEntry(ofEntry, world.State.StateRoot, App, key, out ReadOnlyMemory<byte> value), Is.EqualTo(ProofOutcome.Absent));
            Assert.That(value.IsEmpty, Is.True);
        }

        // An empty subtree (nil), and another leaf.
        Assert.That(endings, accounts >= 60 ? Is.EquivalentTo([0, 1]) : Is.Not.Empty);
    }

    [Test]
    public void Verify_ForAnotherKeyOrRoot_IsInvalid()
    {
        World world = World.Create(300, 50);
        Address[] owners = [.. world.Balances.Keys];
        Hash256 root = world.State.StateRoot;
        for (int i = 0; i < owners.Length; i++)
        {
            StateProof proof = StateProof.OfAccount(world.State, owners[i]);
            foreach (Address other in owners.Where(other => other != owners[i]).Take(50).Append(new Address(Samples.DrawHash(world.Random))))
            {
                ProofOutcome outcome = StateProof.VerifyBalance(proof, root, other, out ulong balance);
                Assert.That((outcome, balance), Is.EqualTo((ProofOutcome.Invalid, 0UL)));
            }

            Assert.That(StateProof.VerifyBalance(proof, Samples.DrawHash(world.Random), owners[i], out _), Is.EqualTo(ProofOutcome.Invalid));
            Assert.That(StateProof.VerifyBalance(proof, Hash256.Zero, owners[i], out _), Is.EqualTo(ProofOutcome.Invalid));
        }

        // A proof of absence holds for the keys that share the path, and those are absent too.
        byte[] key = [1, 2, 3];
        StateProof ofEntry = StateProof.OfEntry(world.State, App, key);
        Assert.That(StateProof.VerifyEntry(ofEntry, root, App, key, out _), Is.EqualTo(ProofOutcome.Absent));
        foreach ((byte[] present, _) in world.Entries)
            Assert.That(StateProof.VerifyEntry(ofEntry, root, App, present, out _), Is.EqualTo(ProofOutcome.Invalid));
        byte[] own = world.Entries.Keys.First();
        Assert.That(StateProof.VerifyEntry(StateProof.OfEntry(world.State, App, own), root, new AppId(8), own, out _), Is.EqualTo(ProofOutcome.Invalid));
    }

    [Test]
    public void Verify_AnyBitFlippedOrBytesLost_IsRefused()
    {
        World world = World.Create(200, 30);
        Hash256 root = world.State.StateRoot;
        Address present = world.Balances.Keys.First();
        Address[] strangers = [.. Enumerable.Range(0, 12).Select(_ => new Address(Samples.DrawHash(world.Random)))];
        foreach (Address address in strangers.Append(present))
        {
            byte[] encoded = StateProof.OfAccount(world.State, address).Encode();
            for (int bit = 0; bit < 8 * encoded.Length; bit++)
            {
                byte[] flipped = [.. encoded];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                AssertRefused(flipped, root, address, Invariant($"bit {bit}"));
            }

            for (int length = 0; length < encoded.Length; length++) AssertRefused(encoded[..length], root, address, Invariant($"{length} bytes"));
            AssertRefused([.. encoded, 0], root, address, "a byte more");
        }
    }

    [Test]
    public void Verify_PathOfAnotherLength_IsInvalid()
    {
        World world = World.Create(100, 0);
        Hash256 root = world.State.StateRoot;
        Address owner = world.Balances.Keys.First();
        Hash256 key = StateKeys.OfAccount(owner);
        byte[] balance = Plain.Be(world.Balances[owner]);
        StateProof honest = StateProof.OfAccount(world.State, owner);
        Hash256[] siblings = Siblings(honest);
        Assert.That(Verdict([.. siblings], StateProof.Ending.Of(balance)), Is.EqualTo(ProofOutcome.Present), "rebuilt as it was");
        Assert.That(Verdict(siblings[..^1], StateProof.Ending.Of(balance)), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(Verdict([.. siblings, Hash256.Zero], StateProof.Ending.Of(balance)), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(Verdict(siblings, default), Is.EqualTo(ProofOutcome.Invalid), "present, not absent");
        Assert.That(Verdict(siblings, StateProof.Ending.Of(key, new Hash256(Plain.H(balance)))), Is.EqualTo(ProofOutcome.Invalid), "its own leaf as another one");
        Assert.That(Verdict(siblings, StateProof.Ending.Of(Plain.Be(world.Balances[owner] + 1))), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(Verdict(siblings, StateProof.Ending.Of((byte[])[0, .. balance])), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(Verdict([.. Enumerable.Repeat(Hash256.Zero, 256)], default), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(Verdict([], default), Is.EqualTo(ProofOutcome.Invalid));

        ProofOutcome Verdict(Hash256[] path, StateProof.Ending end) => StateProof.VerifyBalance(new StateProof([.. path], end), root, owner, out _);
    }

    [Test]
    public void Verify_ForgedOfInnerNodes_IsInvalid()
    {
        // A leaf's message is as long as a node's: only its first byte tells them apart.
        World world = World.Create(4, 0);
        Hash256 root = world.State.StateRoot;
        foreach (Address owner in world.Balances.Keys)
        {
            Hash256[] siblings = Siblings(StateProof.OfAccount(world.State, owner));
            var stranger = new Address(Samples.DrawHash(world.Random));
            for (int depth = 0; depth <= siblings.Length; depth++)
            {
                foreach (Hash256 inner in siblings)
                {
                    var forged = new StateProof([.. siblings[..depth]], StateProof.Ending.Of(inner, siblings[0]));
                    Assert.That(StateProof.VerifyBalance(forged, root, stranger, out _), Is.EqualTo(ProofOutcome.Invalid));
                }
            }
        }
    }

    [Test]
    public void Verify_AbsenceByALeafOfAnotherPath_IsInvalid_EvenUnderARootThatLeadsThere()
    {
        // A tree that no honest node makes: on the left, where the key would be, stands a leaf that belongs to the right.
        var owner = new Address(Plain.Fill(1));
        Hash256 key = StateKeys.OfAccount(owner);
        byte[] other = key.AsSpan().ToArray();
        other[0] ^= 0x80;
        var otherKey = new Hash256(other);
        Hash256 value = Plain.Fill(7);
        Hash256 sibling = Plain.Fill(9);
        var leaf = new Hash256(Plain.H([0x00, .. other, .. value.AsSpan()]));
        bool isRight = (key.AsSpan()[0] & 0x80) != 0;
        var root = new Hash256(isRight ? Plain.H([0x01, .. sibling.AsSpan(), .. leaf.AsSpan()]) : Plain.H([0x01, .. leaf.AsSpan(), .. sibling.AsSpan()]));
        var misplaced = new StateProof([sibling], StateProof.Ending.Of(otherKey, value));
        Assert.That(StateProof.VerifyBalance(misplaced, root, owner, out _), Is.EqualTo(ProofOutcome.Invalid));

        // The same climb is right for a leaf that shares the bit.
        other[0] ^= 0x80;
        other[31] ^= 1;
        leaf = new Hash256(Plain.H([0x00, .. other, .. value.AsSpan()]));
        root = new Hash256(isRight ? Plain.H([0x01, .. sibling.AsSpan(), .. leaf.AsSpan()]) : Plain.H([0x01, .. leaf.AsSpan(), .. sibling.AsSpan()]));
        var placed = new StateProof([sibling], StateProof.Ending.Of(new Hash256(other), value));
        Assert.That(StateProof.VerifyBalance(placed, root, owner, out _), Is.EqualTo(ProofOutcome.Absent));
    }

    [Test]
    public void OfAccount_FormatWithoutStateRoot_Throws() =>
        Assert.That(
            () => StateProof.OfAccount(new TestChain(Int32CoinFormat.Instance).State, TestChain.Alice),
            Throws.ArgumentException.With.Message.Contains("int32coin"));

    [Test]
    public void OfAccount_Snapshot_ProvesItsOwnTime()
    {
        var chain = new TestChain(StandardFormat.Instance);
        Hash256 root = chain.State.StateRoot;
        StateSnapshot before = chain.State.Snapshot();
        for (int i = 0; i < 5; i++) chain.Adopt(chain.Next(chain.Payment(TestChain.Alice, TestChain.Carol, 100)));

        Assert.That(StateProof.VerifyBalance(StateProof.OfAccount(before, TestChain.Alice), root, TestChain.Alice, out ulong balance), Is.EqualTo(ProofOutcome.Present));
        Assert.That(balance, Is.EqualTo(1_000));
        Assert.That(StateProof.VerifyBalance(StateProof.OfAccount(before, TestChain.Carol), root, TestChain.Carol, out _), Is.EqualTo(ProofOutcome.Absent));
        Assert.That(StateProof.VerifyBalance(StateProof.OfAccount(chain.State, TestChain.Carol), chain.State.StateRoot, TestChain.Carol, out balance), Is.EqualTo(ProofOutcome.Present));
        Assert.That(balance, Is.EqualTo(500));
        Assert.That(before.BalanceOf(TestChain.Carol), Is.Zero);
    }

    [Test]
    public void TryDecode_OutsideTheLimits_IsAFault()
    {
        byte[] tooDeep = new StateProof([.. Enumerable.Repeat(Plain.Fill(1), 257)], default).Encode();
        byte[] tooLong = new StateProof([], StateProof.Ending.Of(new byte[1_025])).Encode();
        byte[] empty = new StateProof([], StateProof.Ending.Of(ReadOnlyMemory<byte>.Empty)).Encode();

        Assert.That(StateProof.Decode(tooDeep, Limits, out _).Fault, Is.EqualTo(DecodeFault.TooLong));
        Assert.That(StateProof.Decode(tooLong, Limits, out _).Fault, Is.EqualTo(DecodeFault.TooLong));
        Assert.That(StateProof.Decode(empty, Limits, out _).IsValid, Is.False);
        Assert.That(StateProof.Decode(new StateProof([], StateProof.Ending.Of(new byte[1_024])).Encode(), Limits, out _).IsValid, Is.True);
    }

    private static void AssertRefused(byte[] encoded, Hash256 root, Address address, string what)
    {
        if (!StateProof.Decode(encoded, Limits, out StateProof? proof).IsValid) return;
        ProofOutcome outcome = StateProof.VerifyBalance(proof!, root, address, out _);
        if (outcome != ProofOutcome.Invalid) Assert.Fail($"{what}: {outcome}");
    }

    private static StateProof AsSent(StateProof proof)
    {
        byte[] encoded = proof.Encode();
        Assert.That(StateProof.Decode(encoded, Limits, out StateProof? decoded).IsValid, Is.True);
        Assert.That(decoded!.Encode(), Is.EqualTo(encoded));
        return decoded;
    }

    /// <summary>The siblings of a proof, from its encoding.</summary>
    private static Hash256[] Siblings(StateProof proof)
    {
        var reader = new CanonicalReader(proof.Encode());
        reader.ReadArrayHeader(2);
        byte[] bytes = reader.ReadBytes(32 * 256).ToArray();
        return [.. bytes.Chunk(32).Select(chunk => new Hash256(chunk))];
    }

    /// <summary>A state with random accounts and entries; there is no other way to so many entries than a delta.</summary>
    private sealed record World(LedgerState State, Dictionary<Address, ulong> Balances, Dictionary<byte[], byte[]> Entries, Random Random)
    {
        public static World Create(int accounts, int entries)
        {
            int seed = 0x5799 + accounts;
            TestContext.Out.WriteLine(Invariant($"seed {seed}"));
            var random = new Random(seed);
            Dictionary<Address, ulong> balances = Enumerable.Range(0, accounts)
                .ToDictionary(_ => new Address(Samples.DrawHash(random)), _ => (ulong)random.NextInt64(1, 1_000_000));
            Dictionary<byte[], byte[]> values = Enumerable.Range(0, entries)
                .ToDictionary(_ => Samples.DrawBytes(random, random.Next(1, 40)), _ => Samples.DrawBytes(random, random.Next(1, 100)));
            var delta = new StateDelta(StateSummary.Empty, StateSummary.Empty)
            {
                Accounts = AccountChange.Sort(balances.Select(pair => new AccountChange(pair.Key, 0, pair.Value))),
                Entries = EntryChange.Sort(values.Select(pair => new EntryChange(App.Value, pair.Key, default, pair.Value))),
            };
            var nodes = new TreeNodes();
            TreeDraft draft = nodes.BeginDraft();
            StateTree tree = StateTree.Empty.With(delta, draft);
            nodes.TryAdopt(draft.Now);
            var state = new LedgerState(
                StandardFormat.Instance.Traits, default, StateSummary.Empty with { StateRoot = tree.Root }, tree, nodes, PendingRewards.None, new TagSet(default, true));
            return new World(state, balances, values, random);
        }
    }
}
