using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Execution;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Tests;

/// <summary>Profiles as texts: what others make out of one is the same chain, and nothing else is taken.</summary>
public sealed class ProfileFileTests
{
    private static readonly Address[] s_members = [.. Enumerable.Range(1, 4).Select(i => new Address(Sha3_256.Hash([(byte)i])))];
    private static readonly Target s_limit = Target.ForHashes(1 << 8);
    private static readonly BftConsensus s_bft = new(ValidatorSet.Of(s_members.Select((address, i) => new Validator(address, (ulong)i + 1))), new BftTiming { Pause = TimeSpan.FromMilliseconds(250) });

    private static ChainProfile Private { get; } = Profiles.Standard with
    {
        Name = "club",
        Genesis = new GenesisSpec { Timestamp = new Timestamp(1_790_000_000_000), Salt = Sha3_256.Hash([9]), Allocations = [new(s_members[0], 7), new(s_members[1], ulong.MaxValue >> 2)] },
        Upgrades = [new ChainProfile.Upgrade(ulong.MaxValue, 1)],
        DefaultPort = 5_151,
    };

    private static IEnumerable<TestCaseData> ProfilesOfEveryRule()
    {
        yield return new TestCaseData(Profiles.Standard).SetArgDisplayNames("standard");
        yield return new TestCaseData(Profiles.Int32Coin).SetArgDisplayNames("int32coin");
        yield return new TestCaseData(Profiles.ConiunctumPaper).SetArgDisplayNames("coniunctum");
        yield return new TestCaseData(Private).SetArgDisplayNames("private");
        yield return Of(new ProofOfWork(s_limit, new Lwma(TimeSpan.FromSeconds(5)), Target.ForHashes(1 << 9)) { ForkChoice = ForkChoiceRule.Ghost }, "lwma, ghost");
        yield return Of(new ProofOfWork(s_limit, new BitcoinRetarget(TimeSpan.FromSeconds(5), 16), puzzle: SquareSum.Paper), "bitcoin, square sum");
        yield return Of(new ProofOfWork(s_limit, new ConstantTarget()) { ForkChoice = ForkChoiceRule.Longest }, "longest");
        yield return Of(new SingleAuthority(s_members[0]), "authority");
        yield return Of(new ProofOfAuthority(s_members, TimeSpan.FromSeconds(2), 100), "proof-of-authority");
        yield return Of(s_bft, "bft");
        yield return new TestCaseData(Private with { Consensus = s_bft, Applications = [s_bft.Application], Limits = new LedgerLimits { MaxEntryValueBytes = 4_096 } }).SetArgDisplayNames("bft whose validators change");

        static TestCaseData Of(ConsensusSpec rule, string name) => new TestCaseData(Private with { Consensus = rule }).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(ProfilesOfEveryRule))]
    public void Read_OfWhatWasWritten_IsTheSameChain(ChainProfile profile)
    {
        string text = ProfileFile.Write(profile);
        ProfileOutcome outcome = ProfileFile.Read(text);
        Assert.That(outcome.IsValid, outcome.Message);
        ChainProfile read = outcome.Profile!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ChainId, Is.EqualTo(GenesisBlock.Create(profile).Block.Id));
            Assert.That(read.Parameters, Is.EqualTo(profile.Parameters));
            Assert.That((read.Name, read.DefaultPort, read.DefaultWebPort), Is.EqualTo((profile.Name, profile.DefaultPort, profile.DefaultWebPort)));
            Assert.That(read.Upgrades, Is.EqualTo(profile.Upgrades));
            Assert.That(read.Genesis.Allocations, Is.EqualTo(profile.Genesis.Allocations));
            Assert.That(ProfileFile.Write(read), Is.EqualTo(text));
        }
    }

    [Test]
    public void Read_OfATextWithAnyCharacterChanged_IsRefused()
    {
        string text = ProfileFile.Write(Private).TrimEnd();
        for (int i = 0; i < text.Length; i++)
        {
            char other = text[i] == 'A' ? 'B' : 'A';
            ProfileOutcome outcome = ProfileFile.Read($"{text[..i]}{other}{text[(i + 1)..]}");
            Assert.That((outcome.IsValid, outcome.Fault), Is.EqualTo((false, ProfileFault.Malformed)), Invariant($"character {i}"));
        }
    }

    [TestCase("")]
    [TestCase("coniunctum-profile 1")]
    [TestCase("coniunctum-profile 1 AAAA")]
    [TestCase("coniunctum-profile 2 AAAA")]
    [TestCase("coniunctum-profile 1 *")]
    public void Read_OfSomethingElse_IsRefused(string text) => Assert.That(ProfileFile.Read(text).Fault, Is.EqualTo(ProfileFault.Malformed));

    [Test]
    public void Read_OfATextThatIsTooLong_IsRefusedByItsLength() =>
        Assert.That(ProfileFile.Read(new string('A', ProfileFile.MaxLength + 1)).Message, Does.Contain("1048577"));

    [Test]
    public void Read_OfAnApplicationThatIsNotHere_NamesIt()
    {
        var registry = new Registry();
        string text = ProfileFile.Write(Private with { Applications = [registry] });
        ProfileOutcome without = ProfileFile.Read(text);
        Assert.That((without.Fault, without.Message), Is.EqualTo((ProfileFault.Unknown, "The chain runs the application 'registry' (number 7), which this program does not have.")));
        Assert.That(ProfileFile.Read(text, registry).Profile!.Applications, Is.EqualTo(new[] { registry }));
    }

    [Test]
    public void Write_OfARuleThatOthersDoNotHave_Throws() =>
        Assert.That(() => ProfileFile.Write(Private with { Consensus = new OwnRule() }), Throws.ArgumentException.With.Message.Contains("'one of my own'"));

    [Test]
    public void Write_OfAHandOver_Throws()
    {
        var change = new RuleChange((ConsensusSpec)Private.Consensus, 10, new SingleAuthority(s_members[0]));
        Assert.That(() => ProfileFile.Write(Private with { Consensus = change, Upgrades = [new(10, 1)] }), Throws.ArgumentException.With.Message.Contains("hands over"));
    }

    [Test]
    public void Write_OfAGenesisThatIsYetToBeDrawn_Throws() =>
        Assert.That(() => ProfileFile.Write(Profiles.Development), Throws.ArgumentException.With.Message.Contains("draws a genesis of its own"));

    [Test]
    public async Task Write_OfALedgerThatHasDrawnItsGenesis_IsItsChain()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).StartAsync();
        Assert.That(ProfileFile.Read(ProfileFile.Write(ledger.Profile)).ChainId, Is.EqualTo(ledger.ChainId));
    }

    [Test]
    public void Default_OfAnOutcome_IsNoSuccess() => Assert.That((default(ProfileOutcome).IsValid, default(ProfileOutcome).Message), Is.EqualTo((false, "The profile has not been read.")));

    private sealed class Registry : ILedgerApplication
    {
        public AppId Id => new(7);

        public string Name => "registry";

        public CallOutcome Execute(Call call, ApplicationContext state) => CallOutcome.Done;
    }

    private sealed class OwnRule : ConsensusSpec
    {
        public override string RuleName => "one of my own";

        public override Hash256 GenesisTarget => default;

        public override IEnumerable<Parameter> Parameters => [];

        public override ConsensusParts Build(ChainProfile profile, BlockId genesis) => throw new NotSupportedException();
    }
}
