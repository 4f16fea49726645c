using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Switch;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SimpleAddressBookTests
{
    private readonly Drawn _entropy = new();

    [Test]
    public void Sample_GivesWhatWasTested_AndNothingElse()
    {
        var book = new SimpleAddressBook(_entropy);
        book.Add([.. Enumerable.Range(0, 50).Select(Address)], Id(1_000));
        Assert.That(book.Sample(1_000), Is.Empty);
        Assert.That(book.Confirm(Address(7)), "it is news that it is there");
        Assert.That(book.Confirm(Address(7)), Is.False);
        Assert.That(book.Confirm(Address(60)), "one that no one has named");
        Assert.That(book.Sample(1_000), Is.EquivalentTo(new[] { Address(7), Address(60) }));
        Assert.That(book.Sample(1), Has.Length.EqualTo(1));
    }

    [Test]
    public void Add_OfOneSource_TakesAShareAtMost()
    {
        var book = new SimpleAddressBook(_entropy);
        book.Add([.. Enumerable.Range(0, 5_000).Select(Address)], Id(9_000));
        Assert.That(book.Count, Is.EqualTo(512));
        book.Add([Address(6_000)], Id(9_001));
        Assert.That(book.Count, Is.EqualTo(513));
    }

    [Test]
    public void Add_ToAFullBook_ReplacesWhatWasNotTested()
    {
        var book = new SimpleAddressBook(_entropy);
        for (int i = 0; i < 2_000; i++) book.Confirm(Address(i));
        for (int source = 0; source < 40; source++) book.Add([.. Enumerable.Range(10_000 + source * 500, 500).Select(Address)], Id(90_000 + source));
        Assert.That(book.Count, Is.EqualTo(4_096));
        Assert.That(book.All.Count(known => known.IsTested), Is.EqualTo(2_000));

        for (int i = 2_000; i < 5_000; i++) book.Confirm(Address(i));
        Assert.That(book.All.Count(known => known.IsTested), Is.EqualTo(4_096));
        book.Add([Address(50_000)], Id(99_999));
        Assert.That(book.All.Any(known => known.Address == Address(50_000)), Is.False, "no one's word replaces what was tested");
        book.Confirm(Address(50_000));
        Assert.That((book.Count, book.All.Any(known => known.Address == Address(50_000))), Is.EqualTo((4_096, true)));
    }

    [Test]
    public void Add_OfANodeThatIsKnown_ChangesNothing()
    {
        var book = new SimpleAddressBook(_entropy);
        book.Confirm(Address(1));
        book.Add([Address(1) with { Endpoint = NodeEndpoint.Parse("203.0.113.9:1") }], Id(2));
        Assert.That(book.All.Single().Address, Is.EqualTo(Address(1)));
    }

    [Test]
    public void Fail_TenTimes_RemovesANode_AndReachingItOnceInBetween_DoesNot()
    {
        uint later = Address(1).Day + 7;
        var book = new SimpleAddressBook(_entropy);
        book.Confirm(Address(1));
        for (int i = 0; i < 9; i++) book.Fail(Address(1).Endpoint, later);
        book.Confirm(Address(1));
        for (int i = 0; i < 9; i++) book.Fail(Address(1).Endpoint, later);
        Assert.That(book.Count, Is.EqualTo(1));
        book.Fail(Address(1).Endpoint, later);
        Assert.That(book.Count, Is.Zero);
    }

    [Test]
    public void Fail_OfANodeThatWasThereWithinAWeek_DoesNotRemoveIt_HoweverOften([Values] bool isTested)
    {
        var book = new SimpleAddressBook(_entropy);
        if (isTested)
            book.Confirm(Address(1));
        else
            book.Add([Address(1)], Id(2));
        for (int i = 0; i < 1_000; i++) book.Fail(Address(1).Endpoint, Address(1).Day + 6);
        Assert.That(book.Count, Is.EqualTo(isTested ? 1 : 0), "what no one was ever at is forgotten");
        book.Fail(Address(1).Endpoint, Address(1).Day + 7);
        Assert.That(book.Count, Is.Zero);
    }

    [Test]
    public void Draw_ReachesAllThatAreWanted_AndNoOthers()
    {
        var book = new SimpleAddressBook(_entropy);
        book.Add([.. Enumerable.Range(0, 20).Select(Address)], Id(100));
        var drawn = new HashSet<NodeAddress>();
        for (int i = 0; i < 1_000; i++) drawn.Add(book.Draw(known => known.Address.Endpoint.Port % 2 == 0)!);
        Assert.That(drawn, Is.EquivalentTo(Enumerable.Range(0, 20).Select(Address).Where(address => address.Endpoint.Port % 2 == 0)));
        Assert.That(book.Draw(static _ => false), Is.Null);
    }

    [Test]
    public void All_OfOneRun_IsWhatTheNextOneBeginsWith()
    {
        var book = new SimpleAddressBook(_entropy);
        book.Add([.. Enumerable.Range(0, 20).Select(Address)], Id(100));
        book.Confirm(Address(3));
        var next = new SimpleAddressBook(_entropy, book.All);
        Assert.That(next.All, Is.EqualTo(book.All));
        Assert.That(next.Sample(10), Is.EqualTo(new[] { Address(3) }));
        Assert.That(new SimpleAddressBook(_entropy, [.. book.All, .. book.All]).Count, Is.EqualTo(20), "a node stands in it once");
    }

    internal static NodeAddress Address(int number) =>
        new(NodeEndpoint.Parse(FormattableString.Invariant($"{20 + number / 65_536 % 100}.{number / 256 % 256}.{number % 256}.1:{1_000 + number % 1_000}")), Id(number), 11, NodeRoles.Full);

    internal static NodeId Id(int number) => new(Sha3_256.Hash(BitConverter.GetBytes(number)));

    /// <summary>Numbers that look drawn, the same in each run.</summary>
    internal sealed class Drawn : IEntropySource
    {
        private ulong _state = 1;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte one in destination)
            {
                _state ^= _state << 13;
                _state ^= _state >> 7;
                _state ^= _state << 17;
                one = (byte)(_state >> 24);
            }
        }
    }
}
