using System.Net;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Transport;

public sealed class AcceptBudgetTests
{
    [Test]
    public void Take_16AtOnce_ThenOneEachSecond()
    {
        var clock = new ManualTime();
        var budget = new AcceptBudget(clock);
        var group = new AddressGroup(7);
        Assert.That(Enumerable.Range(0, 100).Count(_ => budget.TryTake(group)), Is.EqualTo(16));
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.That(budget.TryTake(group), Is.False);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(budget.TryTake(group), Is.True);
        Assert.That(budget.TryTake(group), Is.False);
        Assert.That(budget.TryTake(new AddressGroup(8)), Is.True, "another group has its own");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(Enumerable.Range(0, 100).Count(_ => budget.TryTake(group)), Is.EqualTo(16));
    }

    [Test]
    public void Take_OfMoreGroupsThanAreRemembered_SharesOneBudget_UntilSomeAreFullAgain()
    {
        var clock = new ManualTime();
        var budget = new AcceptBudget(clock);
        for (ulong group = 0; group < 4_096; group++) Assert.That(budget.TryTake(new AddressGroup(group)), Is.True);
        Assert.That(Enumerable.Range(5_000, 1_000).Count(group => budget.TryTake(new AddressGroup((ulong)group))), Is.EqualTo(16));
        Assert.That(budget.TryTake(new AddressGroup(1)), Is.True, "those that are remembered have theirs");
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.That(Enumerable.Range(6_000, 1_000).Count(group => budget.TryTake(new AddressGroup((ulong)group))), Is.EqualTo(1_000));
    }

    [TestCase("127.0.0.1", ExpectedResult = null)]
    [TestCase("10.1.2.3", ExpectedResult = null)]
    [TestCase("172.16.0.1", ExpectedResult = null)]
    [TestCase("172.31.255.1", ExpectedResult = null)]
    [TestCase("192.168.3.4", ExpectedResult = null)]
    [TestCase("169.254.3.4", ExpectedResult = null)]
    [TestCase("100.64.0.1", ExpectedResult = null)]
    [TestCase("::1", ExpectedResult = null)]
    [TestCase("fe80::1", ExpectedResult = null)]
    [TestCase("fd00::1", ExpectedResult = null)]
    [TestCase("::ffff:10.1.2.3", ExpectedResult = null)]
    [TestCase("172.15.0.1", ExpectedResult = "2:ac0f")]
    [TestCase("172.32.0.1", ExpectedResult = "2:ac20")]
    [TestCase("192.0.2.7", ExpectedResult = "2:c000")]
    [TestCase("::ffff:192.0.2.7", ExpectedResult = "2:c000")]
    [TestCase("100.128.0.1", ExpectedResult = "2:6480")]
    [TestCase("2001:db8:1234::1", ExpectedResult = "23:20010db8")]
    public string? Of_AnAddress_IsItsPartOfThePublicNetwork(string address) =>
        AddressGroup.Of(IPAddress.Parse(address)) is { } group
            ? Invariant($"{group.Value >> 32}:{group.Value & 0xffffffff:x}")
            : null;
}
