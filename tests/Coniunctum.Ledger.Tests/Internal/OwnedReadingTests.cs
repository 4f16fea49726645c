using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Tests.Internal;

public sealed class OwnedReadingTests
{
    private LedgerState _state = null!;
    private StateReading _reading = null!;
    private OwnedReading _owned = null!;

    [SetUp]
    public void TakeAReading()
    {
        _state = new LedgerState(StandardFormat.Instance.Traits, default);
        _reading = _state.TakeReading();
        _owned = new OwnedReading(_reading);
    }

    [Test]
    public void Retire_WhenNoOneLooks_GivesTheReadingBack()
    {
        Assert.That(_reading.BalanceOf(default), Is.Zero);
        _owned.Retire();
        Assert.That(IsReleased);
        Assert.That(_owned.TryLook(out _), Is.False);
        Assert.That(_owned.TryGive(out _), Is.False);
    }

    [Test]
    public void Retire_WhileTwoLook_WaitsForTheLast()
    {
        Assert.That(_owned.TryLook(out OwnedReading.Look one), Is.True);
        Assert.That(_owned.TryLook(out OwnedReading.Look other), Is.True);
        _owned.Retire();
        Assert.That(_owned.TryLook(out _), Is.False, "no new ones");
        one.Dispose();
        Assert.That(other.State.BalanceOf(default), Is.Zero);
        other.Dispose();
        Assert.That(IsReleased);
    }

    [Test]
    public void Retire_OfOneThatWasHandedOut_LeavesItToTheGarbageCollector()
    {
        Assert.That(_owned.TryLook(out OwnedReading.Look before), Is.True);
        Assert.That(_owned.TryGive(out StateReading? given), Is.True);
        Assert.That(given, Is.SameAs(_reading));
        _owned.Retire();
        before.Dispose();
        Assert.That(_owned.TryLook(out OwnedReading.Look after), Is.True);
        after.Dispose();
        Assert.That(_owned.TryGive(out _), Is.True);
        Assert.That(IsReleased, Is.False);
    }

    [Test]
    public void TryLook_OnManyThreadsWhileTheOwnerRetires_NeverMeetsAReadingThatWasGivenBack()
    {
        for (int round = 0; round < 2_000; round++)
        {
            TakeAReading();
            Parallel.Invoke(Look, Look, _owned.Retire, Look);
            Assert.That(IsReleased, Invariant($"round {round}"));
        }

        void Look()
        {
            for (int i = 0; i < 3 && _owned.TryLook(out OwnedReading.Look look); i++)
            {
                using (look) look.State.BalanceOf(default);
            }
        }
    }

    private bool IsReleased
    {
        get
        {
            try
            {
                _reading.BalanceOf(default);
                return false;
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }
    }
}
