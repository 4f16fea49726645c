using System.Numerics;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Headers.Bitcoin;

namespace Coniunctum.Node.Tests.Support;

/// <summary>Mines headers of Bitcoin's kind at a trivial limit, in windows of a few blocks; right or wrong.</summary>
internal sealed class BitcoinForge
{
    public const int Window = 8;
    public const uint Spacing = 600;
    public const uint Start = 1_300_000_000;
    public const uint EasiestBits = 0x207fffff;

    private readonly List<BitcoinHeader> _headers = [];
    private readonly List<HeaderView> _views = [];
    private BitcoinHeader _last;

    public BitcoinForge(int window = Window)
    {
        var first = new BitcoinHeader(1, default, default, Start, new CompactTarget(EasiestBits), 0);
        Profile = BitcoinHeaders.Create("test", new BitcoinRetarget(TimeSpan.FromSeconds(Spacing), window), first);
        _headers.Add(first);
        _views.Add(Profile.Genesis);
    }

    public HeaderProfile Profile { get; }

    /// <summary>The chain so far, genesis first.</summary>
    public IReadOnlyList<HeaderView> Views => _views;

    public IReadOnlyList<BitcoinHeader> Headers => _headers;

    /// <summary>Makes the next header, without adding it.</summary>
    /// <param name="seconds">Its time; by default one spacing after the last.</param>
    /// <param name="change">Makes something of it wrong before it is mined.</param>
    /// <param name="misses">Whether to take a nonce whose hash is above the target.</param>
    public HeaderReading Make(uint? seconds = null, Func<BitcoinHeader, BitcoinHeader>? change = null, bool misses = false)
    {
        var draft = new HeaderDraft((ulong)_views.Count);
        Profile.Rule.Prepare(ref draft, new ViewLine(_views), Profile.Initial);
        var header = new BitcoinHeader(
            1, _views[^1].Id, default, seconds ?? (_headers[^1].Seconds + Spacing), CompactTarget.From(new Target(draft.Target)), 0);
        if (change is not null) header = change(header);
        // Wrong targets are mined at the limit, so that nothing else is wrong.
        Target target = header.Bits.Expand(out Target own) == CompactOutcome.Valid ? own : Target.ForHashes(4);
        return Read(Mine(header, target, misses), (ulong)_views.Count);
    }

    /// <summary>Makes the next header and adds it.</summary>
    public HeaderView Add(uint? seconds = null, Func<BitcoinHeader, BitcoinHeader>? change = null)
    {
        HeaderReading reading = Make(seconds, change);
        Assert.That(reading.Verdict, Is.EqualTo(Verdict.Valid));
        _headers.Add(_last);
        _views.Add(reading.Header);
        return reading.Header;
    }

    public BitcoinForge AddMany(int count, uint spacing = Spacing)
    {
        for (int i = 0; i < count; i++) Add(_headers[^1].Seconds + spacing);
        return this;
    }

    private BitcoinHeader Mine(BitcoinHeader header, Target target, bool misses)
    {
        for (uint nonce = 0; ; nonce++)
        {
            BitcoinHeader tried = header with { Nonce = nonce };
            Hash256 digest = BitcoinHeader.Reversed(DoubleHash<Sha256>.Hash(tried.ToBytes()).AsSpan());
            // Bitcoin's comparison allows equality.
            bool meets = new BigInteger(digest.AsSpan(), isUnsigned: true, isBigEndian: true) <= target.ToNumber();
            if (meets != misses) return _last = tried;
        }
    }

    private HeaderReading Read(BitcoinHeader header, ulong height)
    {
        Span<HeaderReading> readings = new HeaderReading[1];
        Profile.Format.ReadAll(header.ToBytes(), [BitcoinHeader.Bytes], height, readings);
        return readings[0];
    }
}
