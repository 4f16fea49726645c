using System.Collections.Immutable;
using Coniunctum.Crypto;

namespace Coniunctum.Authority.Tests;

public sealed class SignerStateTests
{
    private const int MaxSigners = 64;

    [TestCase(1, 4, 12, 30_000UL)]
    [TestCase(2, 3, 5, 9UL)]
    [TestCase(3, 1, 4, 30_000UL)]
    [TestCase(4, 3, 6, 17UL)]
    public void Random_AgreesWithTheEipAsItReads(int seed, int signers, int letters, ulong epoch)
    {
        const int chains = 60;
        const int length = 300;
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        string[] names = [.. Enumerable.Range(0, letters).Select(index => ((char)('A' + index)).ToString())];
        int changes = 0;
        int refused = 0;
        for (int run = 0; run < chains; run++)
        {
            var chain = new CliqueChain(names[..signers], epoch);
            var model = new NaiveClique(names[..signers], epoch);
            for (int step = 0; step < length; step++)
            {
                string signer = names[random.Next(letters)];
                string? subject = random.Next(3) == 0 ? null : names[random.Next(letters)];
                // Mostly a vote that can matter.
                bool adds = subject is not null && (random.Next(8) == 0) == model.Signers.Contains(subject);
                int before = model.Signers.Count;
                bool isValid = model.TrySeal(signer, subject, adds);
                if (chain.Seal(signer, subject, adds).IsValid != isValid || !chain.Signers.SequenceEqual(model.Signers))
                    Assert.Fail(Invariant($"run {run}, step {step}: {signer} on {subject} {adds}"));
                if (before != model.Signers.Count) changes++;
                if (!isValid) refused++;
            }
        }

        TestContext.Out.WriteLine(Invariant($"{changes} changes of the set, {refused} blocks refused"));
        Assert.That(changes, Is.GreaterThan(chains));
        Assert.That(refused, Is.GreaterThan(chains));
    }

    [Test]
    public void After_AVoteToDropTheLastSigner_ChangesNothing()
    {
        Address a = World.Owner(1);
        var alone = new SignerState([a]);
        Assert.That(alone.WouldDropLast(a, AuthorityVote.Drop), Is.True);
        Assert.That(alone.IsUseful(a, a, AuthorityVote.Drop), Is.False);
        SignerState after = alone.After(5, new Ballot(0, AuthorityVote.Drop), a, false);
        Assert.That(after.Signers, Is.EqualTo(new[] { a }));
        Assert.That(after.IsInTurn(0, 6), Is.True);

        // A vote of the time when there were others does not count against the last one either.
        Address b = World.Owner(2);
        SignerState left = new SignerState([a, b])
            .After(1, new Ballot(0, AuthorityVote.Drop), a, false)
            .After(2, new Ballot(1, AuthorityVote.Drop), b, false)
            .After(3, new Ballot(0, AuthorityVote.Drop), b, false);
        Assert.That(left.Signers, Is.EqualTo(new[] { a }));
        Assert.That(left.IsUseful(a, a, AuthorityVote.Add), Is.True, "It takes its own vote back.");
        foreach (AuthorityVote vote in (AuthorityVote[])[AuthorityVote.Drop, AuthorityVote.Add])
            Assert.That(left.After(4, new Ballot(0, vote), a, false).Signers, Is.EqualTo(new[] { a }));
        Assert.That(() => new SignerState([]), Throws.ArgumentException);
        Assert.That(() => SignerState.Read(new byte[] { 0x93, 0x90, 0x90, 0x90 }), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void IsUseful_OfWhatCounts_IsWhatThePrudentProducerCasts()
    {
        Address[] signers = [World.Owner(1), World.Owner(2), World.Owner(3), World.Owner(4)];
        Address x = World.Owner(9);
        SignerState state = new([.. signers]);
        Assert.That(state.IsUseful(signers[0], x, AuthorityVote.Drop), Is.False, "It is none, and nothing was cast.");
        state = state.After(1, new Ballot(0, AuthorityVote.Add), x, false);
        Assert.That(state.IsUseful(signers[0], x, AuthorityVote.Add), Is.False, "cast");
        Assert.That(state.IsUseful(signers[0], x, AuthorityVote.Drop), Is.True, "takes it back");
        Assert.That(state.TakesBack(signers[0], x, AuthorityVote.Drop), Is.True);
        Assert.That(state.TakesBack(signers[0], x, AuthorityVote.Add), Is.False, "says it once more");
        Assert.That(state.IsUseful(signers[1], x, AuthorityVote.Drop), Is.False, "It has cast none.");
        Assert.That(state.TakesBack(signers[1], x, AuthorityVote.Drop), Is.False, "It has cast none.");

        // Two of four are no majority; of three they are, and only wait for a block that names x.
        state = state.After(2, new Ballot(1, AuthorityVote.Add), x, false);
        ulong height = 2;
        foreach (int voter in (int[])[0, 1, 2]) state = state.After(++height, new Ballot(voter, AuthorityVote.Drop), signers[3], false);
        Assert.That(state.Signers, Is.EqualTo(signers[..3]));
        Assert.That(state.IsUseful(signers[0], x, AuthorityVote.Add), Is.True);
        Assert.That(state.After(++height, new Ballot(0, AuthorityVote.Add), x, false).Signers, Is.EqualTo(new[] { signers[0], signers[1], signers[2], x }));
    }

    [Test]
    public void After_AFullSet_AddsNobody()
    {
        Address[] signers = [.. Enumerable.Range(1, MaxSigners).Select(value => World.Owner((byte)value))];
        var state = new SignerState([.. signers]);
        for (int i = 0; i < 40; i++)
            state = state.After((ulong)i + 1, new Ballot(i, AuthorityVote.Add), World.Owner(200), isEpoch: false);
        Assert.That(state.Signers, Is.EqualTo(signers));
        Assert.That(state.IsUseful(signers[0], World.Owner(200), AuthorityVote.Add), Is.False, "There is a majority, and no room.");
    }

    [Test]
    public void After_AFullSet_DropsItsFirst()
    {
        Address[] signers = [.. Enumerable.Range(1, MaxSigners).Select(value => World.Owner((byte)value))];
        var state = new SignerState([.. signers]);
        // 33 of 64 are a majority.
        for (int i = 1; i <= 33; i++)
        {
            Assert.That(state.Signers, Has.Length.EqualTo(MaxSigners));
            state = state.After((ulong)i, new Ballot(i, AuthorityVote.Drop), signers[0], isEpoch: false);
        }

        Assert.That(state.Signers, Is.EqualTo(signers[1..]));
    }

    [Test]
    public void Equals_StatesOfTheSameBytes_AndNoOthers()
    {
        SignerState state = new SignerState([World.Owner(1), World.Owner(2)]).After(1, new Ballot(1, AuthorityVote.Add), World.Owner(9), isEpoch: false);
        SignerState same = SignerState.Read(state.Encode());
        Assert.That(same, Is.EqualTo(state));
        Assert.That(same.GetHashCode(), Is.EqualTo(state.GetHashCode()));
        SignerState[] later = [.. Enumerable.Range(2, 8).Select(height => state.After((ulong)height, new Ballot(0, AuthorityVote.None), default, isEpoch: false))];
        Assert.That(later, Has.None.EqualTo(state));
        Assert.That(later.Select(other => other.GetHashCode()).Distinct().Count(), Is.GreaterThan(1));
        Assert.That(state.Equals(null), Is.False);
    }

    [Test]
    public void After_OneVoteMoreThanASignerMayHave_ForgetsItsOldest()
    {
        const int maxVotes = 8;
        SignerState state = new([World.Owner(1), World.Owner(2), World.Owner(3)]);
        for (int i = 0; i <= maxVotes; i++)
            state = state.After((ulong)i + 1, new Ballot(0, AuthorityVote.Add), World.Owner((byte)(100 + i)), isEpoch: false);
        Assert.That(state.IsUseful(World.Owner(1), World.Owner(100), AuthorityVote.Add), Is.True, "the first one has lapsed");
        Assert.That(state.IsUseful(World.Owner(1), World.Owner(101), AuthorityVote.Add), Is.False);
    }

    [Test]
    public void Encode_AtItsLargest_IsAFewKibibytes()
    {
        ImmutableArray<Address> signers = [.. Enumerable.Range(1, MaxSigners).Select(value => World.Owner((byte)value))];
        var state = new SignerState(signers);
        ulong height = 0;
        for (int vote = 0; vote < 10; vote++)
        {
            for (int signer = 0; signer < MaxSigners; signer++)
                state = state.After(++height, new Ballot(signer, AuthorityVote.Add), new Address(Sha3_256.Hash([(byte)vote, (byte)signer])), isEpoch: false);
        }

        Assert.That(state.Encode().Length, Is.LessThan(24 * 1024));
        Assert.That(SignerState.Read(state.Encode()), Is.EqualTo(state));
    }

    [Test]
    public void Read_OfDamagedBytes_Throws()
    {
        SignerState state = new SignerState([World.Owner(1), World.Owner(2)]).After(1, new Ballot(1, AuthorityVote.Add), World.Owner(9), isEpoch: false);
        byte[] whole = state.Encode().ToArray();
        for (int length = 0; length < whole.Length; length++) Assert.That(() => SignerState.Read(whole.AsMemory(0, length)), Throws.TypeOf<InvalidDataException>());
        byte[] voter = [.. whole];
        voter[^35] = 2;
        Assert.That(() => SignerState.Read(voter), Throws.TypeOf<InvalidDataException>().With.Message.Contains("Signer 2 of 2"));
        byte[] order = [.. whole];
        order[4] = 3;
        Assert.That(() => SignerState.Read(order), Throws.TypeOf<InvalidDataException>(), "not sorted");
        byte[] twice = [.. whole];
        // Array of 3, array of 2, and in front of each signer two bytes.
        twice.AsSpan(4, 32).CopyTo(twice.AsSpan(38));
        Assert.That(() => SignerState.Read(twice), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not sorted"), "the same one twice");
        Assert.That(() => SignerState.Read((byte[])[.. whole, 0]), Throws.TypeOf<InvalidDataException>(), "and a byte behind it");
    }
}
