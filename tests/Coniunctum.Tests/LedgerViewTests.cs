using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class LedgerViewTests
{
    private const int Transfers = 60;

    private readonly Address _friend = new(Sha3_256.Hash([7]));
    private PrivateKey _key = null!;
    private Address _owner;

    [SetUp]
    public void CreateKey()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = Profiles.Development.Signatures.AddressOf(_key.PublicKey);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task ReadView_WhileBlocksAreMade_AgreesWithItself()
    {
        await using LedgerHost ledger = await StartAsync();
        Task paying = Task.Run(async () =>
        {
            for (int i = 0; i < Transfers; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        });
        var heights = new HashSet<ulong>();
        while (!paying.IsCompleted)
        {
            LedgerView view = ledger.ReadView();
            ulong height = view.Tip.Header.Height;
            heights.Add(height);
            Assert.That(view.Status.Tip, Is.SameAs(view.Tip));
            Assert.That((view.Supply, view.Status.Supply), Is.EqualTo((1_000_000_000 + (50 * height), 1_000_000_000 + (50 * height))));
            Assert.That(view.Balance(_friend), Is.EqualTo(5 * height), "one payment a block");
            Assert.That(view.Balance(_owner) + view.Balance(_friend), Is.EqualTo(view.Supply));
            Assert.That(view.SpendableBalance(_owner), Is.LessThanOrEqualTo(view.Balance(_owner)));
            ProofAtTip proof = view.ProveBalance(_owner);
            Assert.That(proof.Block, Is.SameAs(view.Tip));
            Assert.That(StateProof.VerifyBalance(proof.Proof, view.Tip.Header.StateRoot, _owner, out ulong proven), Is.EqualTo(ProofOutcome.Present));
            Assert.That(proven, Is.EqualTo(view.Balance(_owner)));
        }

        await paying;
        Assert.That(heights, Has.Count.GreaterThan(1), "it was read between blocks too");
    }

    [Test]
    public async Task View_ThatIsKept_StaysWhatItWas()
    {
        await using LedgerHost ledger = await StartAsync();
        LedgerView before = ledger.ReadView();
        ProofAtTip proof = before.ProveBalance(_owner);
        for (int i = 0; i < 3; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();

        Assert.That((before.Tip.Header.Height, before.Balance(_friend), before.Balance(_owner)), Is.EqualTo((0UL, 0UL, 1_000_000_000UL)));
        Assert.That(before.ProveBalance(_owner).Proof.Encode(), Is.EqualTo(proof.Proof.Encode()));
        Assert.That(ledger.ReadView().Balance(_friend), Is.EqualTo(15));
    }

    [Test]
    public async Task ReadView_BetweenTwoSteps_IsTheSame()
    {
        await using LedgerHost ledger = await StartAsync();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        await Waiting.UntilAsync(() => ReferenceEquals(ledger.ReadView(), ledger.ReadView()));
    }

    [Test]
    public async Task View_OfAFormatWithoutStateRoots_ProvesNothing()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Int32Coin).StartAsync().Soon();
        Assert.That(() => ledger.ReadView().ProveBalance(_owner), Throws.ArgumentException.With.Message.Contains("int32coin"));
    }

    private Task<LedgerHost> StartAsync() => LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
}
