using System.Buffers;
using System.Text;
using System.Text.Json;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Headers;

namespace Coniunctum.Node.Tests.Headers;

/// <summary>Headers of this library's own chains, at a target that takes a few hashes.</summary>
public sealed class VerifyHeadersTests
{
    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(10);

    private static readonly ChainProfile s_profile = Profiles.Standard with
    {
        Consensus = new ProofOfWork(Target.ForHashes(2), new Asert(s_spacing, TimeSpan.FromHours(2)), puzzle: SquareSum.Bound),
    };

    [Test]
    public async Task Run_LedgersHeadersInSeveralBatches_AreRight()
    {
        JsonElement told = await VerifyAsync(s_profile, Mine(s_profile, 3_000), 0);
        Assert.That(told.GetProperty("count").GetInt64(), Is.EqualTo(3_000));
        Assert.That(told.GetProperty("height").GetInt64(), Is.EqualTo(3_000));
        Assert.That(told.GetProperty("checkedInPart").GetInt64(), Is.Zero);
    }

    [Test]
    public async Task Run_LedgersHeadersFromACheckpoint_AreCheckedInPart()
    {
        string[] lines = Mine(s_profile, 50);
        JsonElement told = await VerifyAsync(s_profile, lines[19..], 0);
        // Where the schedule begins is what the rule carries, which the file does not say.
        Assert.That((told.GetProperty("firstHeight").GetInt64(), told.GetProperty("checkedInPart").GetInt64()), Is.EqualTo((20, 30)));
    }

    [Test]
    public async Task Run_HeaderInAnotherEncoding_IsMalformed()
    {
        string[] lines = Mine(s_profile, 5);
        lines[3] += "00";
        JsonElement told = await VerifyAsync(s_profile, lines, 1);
        Assert.That((told.GetProperty("line").GetInt64(), told.GetProperty("rule").GetString()), Is.EqualTo((4, "malformed")));
    }

    [Test]
    public async Task Run_AnotherLedgersHeaders_HaveNoParent()
    {
        ChainProfile other = s_profile with { AddressPrefix = "other" };
        JsonElement told = await VerifyAsync(other, Mine(s_profile, 2), 1);
        Assert.That(told.GetProperty("rule").GetString(), Is.EqualTo("PreviousUnknown"));
    }

    [Test]
    [Explicit("tells a rate, and takes a minute")]
    public async Task Run_AMillionHeaders_TellsTheRate()
    {
        ChainProfile profile = s_profile with { Consensus = new ProofOfWork(Target.ForHashes(2), new Asert(s_spacing, TimeSpan.FromHours(2))) };
        string[] lines = Mine(profile, 1_000_000);
        JsonElement told = await VerifyAsync(profile, lines, 0);
        await TestContext.Out.WriteLineAsync(Invariant($"{told}; {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB with the file's text"));
        Assert.That(told.GetProperty("count").GetInt64(), Is.EqualTo(1_000_000));
    }

    private static async Task<JsonElement> VerifyAsync(ChainProfile profile, string[] lines, int exitCode)
    {
        var output = new StringWriter();
        await using var io = new CommandIo(Stream.Null, output, TextWriter.Null);
        await using var stream = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        int code = await VerifyHeaders.RunAsync(
            stream, HeaderProfile.Of(profile), null, new OutcomeReporter(io, json: true), TimeProvider.System, default);
        Assert.That(code, Is.EqualTo(exitCode), output.ToString());
        using var document = JsonDocument.Parse(output.ToString());
        return document.RootElement.Clone();
    }

    /// <summary>Mines headers without bodies behind genesis, in hexadecimal.</summary>
    private static string[] Mine(ChainProfile profile, int count)
    {
        var spec = (ProofOfWork)profile.Consensus;
        HeaderProfile headers = HeaderProfile.Of(profile);
        var line = new Line([headers.Genesis]);
        RuleState state = headers.Initial;
        Work weight = Work.Zero;
        HistorySummits history = HistorySummits.None.With(headers.Genesis.Id, weight);
        string[] encoded = new string[count];
        ulong now = profile.Genesis.Timestamp.UnixMilliseconds;
        for (int i = 0; i < count; i++)
        {
            now += (ulong)s_spacing.TotalMilliseconds;
            var draft = new HeaderDraft((ulong)i + 1) { Timestamp = new Timestamp(now) };
            headers.Rule.Prepare(ref draft, line, state);
            var header = new BlockHeader
            {
                Height = draft.Height,
                Nonce = 0,
                Previous = line.Parent.Id,
                MerkleRoot = default,
                Target = draft.Target,
                Timestamp = draft.Timestamp,
                HistoryRoot = history.Root,
            };
            SearchSpace space = spec.Puzzle.CreateSearch(new MiningOptions()).Prepare(header, header.Timestamp, profile.Format);
            Assert.That(space.Puzzle.TryFind(0, 1_000, header.Target, out ulong number), Is.True);
            header = space.HeaderOf(number);
            line.Headers.Add(new HeaderView(header, new BlockId(profile.Format.Digest(header)), default));
            Assert.That(Work.TryAdd(weight, headers.Rule.Weight(line.Parent, state), out weight), Is.True);
            history = history.With(line.Parent.Id, weight);
            state = headers.Rule.Advance(state, line.Parent, null);
            encoded[i] = Encode(header, profile.Format);
        }

        return encoded;
    }

    private static string Encode(BlockHeader header, IBlockFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        format.Codec.WriteHeader(ref writer, header);
        writer.Flush();
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }

    private sealed record Line(List<HeaderView> Headers) : IAncestors
    {
        public HeaderView Parent => Headers[^1];

        public HeaderView At(ulong height) => Headers[(int)height];
    }
}
