using Coniunctum;
using Coniunctum.Testing;

namespace ConiunctumApp.Tests;

public sealed class GuestBookTests
{
    private static readonly TestLedgerOptions s_options = new() { Profile = Profiles.Development with { Applications = [new GuestBook()] } };

    private TestLedger _ledger = null!;

    [SetUp]
    public async Task StartAsync() => _ledger = await TestLedger.StartAsync(s_options);

    [TearDown]
    public async Task StopAsync() => await _ledger.DisposeAsync();

    [Test]
    public async Task Lines_OfTwoGuests_StandUnderTheirAddresses()
    {
        TestAccount alice = _ledger.Accounts[0], bob = _ledger.Accounts[1];
        await _ledger.CallAsync(alice, GuestBook.Number, GuestBook.Write("Alice was here."));
        await _ledger.CallAsync(bob, GuestBook.Number, GuestBook.Write("So was Bob."));
        Assert.That((LineOf(alice), LineOf(bob)), Is.EqualTo(("Alice was here.", "So was Bob.")));
    }

    [Test]
    public async Task SecondLine_OfAGuest_IsRefused_AndTheFirstOneStays()
    {
        TestAccount alice = _ledger.Accounts[0];
        await _ledger.CallAsync(alice, GuestBook.Number, GuestBook.Write("first"));
        Confirmation second = await _ledger.CallAsync(alice, GuestBook.Number, GuestBook.Write("second"));
        Assert.That((second.Refusal, LineOf(alice)), Is.EqualTo(("the sender has written a line before", "first")));
    }

    [Test]
    public async Task Line_ThatIsTooLongOrNoText_IsRefused()
    {
        Confirmation tooLong = await _ledger.CallAsync(_ledger.Accounts[0], GuestBook.Number, new byte[GuestBook.MaxBytes + 1]);
        Confirmation noText = await _ledger.CallAsync(_ledger.Accounts[1], GuestBook.Number, new byte[] { 0xff });
        Assert.That((tooLong.Refusal, noText.Refusal), Is.EqualTo(("a line has 1 to 80 bytes", "a line is UTF-8")));
    }

    private string? LineOf(TestAccount guest) => GuestBook.Read(_ledger.EntryOf(GuestBook.Number, GuestBook.KeyOf(guest.Address)));
}
