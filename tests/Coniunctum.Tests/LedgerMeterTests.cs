using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

// Others of this process have meters of the same name meanwhile: each test looks at those of a factory, or of a chain, of its own.
public sealed partial class LedgerMeterTests
{
    [Test]
    public async Task Meters_OfALedgerThatIsUsed_CountWhatHappens()
    {
        using var meters = new MeterFactory();
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        var readings = new Readings(meters);
        using (readings)
        {
            await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).UseMeters(meters).StartAsync().Soon();
            LedgerSnapshot before = ledger.Development.TakeSnapshot();
            await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, owner, 5, ledger.Context)).Soon();
            Transaction tooDear = Transfer.Sign(key, owner, LedgerBuilder.AuthorityGrant * 2, ledger.Context);
            Admission refused = await ledger.SubmitAsync(tooDear).Soon();
            Assert.That(refused.IsValid, Is.False);
            ulong height = ledger.Tip.Header.Height;
            readings.Collect();
            Assert.That(readings.Last("coniunctum.chain.height"), Is.EqualTo(height));
            Assert.That(readings.Last("coniunctum.chain.final_height"), Is.EqualTo(height));
            Assert.That(readings.Sum("coniunctum.chain.blocks.connected"), Is.EqualTo(height));
            Assert.That(readings.Sum("coniunctum.chain.transactions"), Is.EqualTo(ledger.Tip.Transactions.Count * (double)height));
            Assert.That(readings.Sum("coniunctum.pool.judged", ("outcome", "accepted"), ("origin", "own")), Is.EqualTo(1));
            Assert.That(readings.Sum("coniunctum.pool.judged", ("outcome", refused.RuleName), ("origin", "own")), Is.EqualTo(1));
            Assert.That(readings.Last("coniunctum.pool.transactions", ("state", "waiting")), Is.Zero);
            Assert.That(readings.Last("coniunctum.pool.transactions", ("state", "ready")), Is.Zero);
            Assert.That(readings.Count("coniunctum.store.commit.duration"), Is.AtLeast(height));
            Assert.That(readings.Last("coniunctum.halted"), Is.Zero);
            Assert.That(readings.Ledgers, Is.EqualTo(new[] { (ledger.Profile.Name, ledger.ChainId.ToString()[..16]) }));

            await ledger.Development.RevertAsync(before).Soon();
            Assert.That(readings.Sum("coniunctum.chain.blocks.disconnected"), Is.EqualTo(height));
            Assert.That(readings.Last("coniunctum.chain.reorganization.depth"), Is.EqualTo(height));
        }
    }

    [Test]
    public async Task Meters_OfALedgerThatHasStopped_MeasureNothing()
    {
        using var meters = new MeterFactory();
        using var readings = new Readings(meters);
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).UseMeters(meters).StartAsync().Soon();
        readings.Collect();
        Assert.That(readings.Count("coniunctum.chain.height"), Is.EqualTo(1));

        await ledger.DisposeAsync();
        readings.Collect();
        Assert.That(readings.Count("coniunctum.chain.height"), Is.EqualTo(1));
    }

    [Test]
    public async Task Listener_ThatThrows_StopsNoLedger()
    {
        using var meters = new MeterFactory();
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        int thrown = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, hears) =>
            {
                if (instrument.Meter.Scope == meters) hears.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        listener.Start();
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).UseMeters(meters).StartAsync().Soon();
        Transaction transfer = Transfer.Sign(key, Profiles.Development.Signatures.AddressOf(key.PublicKey), 5, ledger.Context);
        Assert.That((await ledger.SubmitAndConfirmAsync(transfer).Soon()).Height, Is.EqualTo(1));
        Assert.That(ledger.Halted, Is.Null);
        Assert.That(thrown, Is.AtLeast(3), "a commit, a block and a transaction were measured");

        void Throw()
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("The listener has failed.");
        }
    }

    [Test]
    public async Task Meters_AreThoseOfThePage()
    {
        using var meters = new MeterFactory();
        using var readings = new Readings(meters);
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).UseMeters(meters)
            .UseNetwork(new NetworkOptions { Listen = { "127.0.0.1:0" } }).StartAsync().Soon();
        string page = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "OPERATING.md"));
        string[] listed = [.. Row().Matches(page).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}").Order(StringComparer.Ordinal)];
        Assert.That(readings.Instruments.Order(StringComparer.Ordinal), Is.EqualTo(listed));
    }

    [Test]
    public async Task Activities_OfATransfer_SayWhatBecameOfIt()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(key).StartAsync().Soon();
        Transaction transfer = Transfer.Sign(key, owner, 5, ledger.Context);
        string id = ledger.Profile.Format.SigningDigest(transfer, ledger.ChainId).ToString();
        var ended = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LedgerDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if ((string?)activity.GetTagItem("coniunctum.transaction") != id) return;
                lock (ended) ended.Add($"{activity.OperationName} {activity.GetTagItem("coniunctum.outcome")}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        await ledger.SubmitAndConfirmAsync(transfer).Soon();
        Assert.That(ended, Is.EqualTo(new[] { "coniunctum.submit None", "coniunctum.confirm " }));
    }

    [GeneratedRegex(@"^\| `(coniunctum\.[a-z_.]+)` \| (\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    private sealed class MeterFactory : IMeterFactory
    {
        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            return new Meter(options);
        }

        public void Dispose()
        {
            // The meters end with their ledgers.
        }
    }

    /// <summary>Hears what the meters of one factory measure.</summary>
    private sealed class Readings : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<Reading> _readings = [];
        private readonly List<string> _instruments = [];

        public Readings(MeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope != meters) return;
                lock (_instruments) _instruments.Add($"{instrument.Name} {instrument.Unit}");
                listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public string[] Instruments
        {
            get
            {
                lock (_instruments) return [.. _instruments];
            }
        }

        public (string, string)[] Ledgers =>
            [.. Of(null).Select(reading => ((string)reading.Tags["coniunctum.ledger"]!, (string)reading.Tags["coniunctum.chain"]!)).Distinct()];

        public void Collect() => _listener.RecordObservableInstruments();

        public int Count(string name) => Of(name).Length;

        public double Sum(string name, params (string, string)[] tags) => Of(name, tags).Sum(reading => reading.Value);

        public double Last(string name, params (string, string)[] tags) => Of(name, tags)[^1].Value;

        public void Dispose() => _listener.Dispose();

        private Reading[] Of(string? name, params (string Key, string Value)[] tags)
        {
            lock (_readings)
                return [.. _readings.Where(reading => (name is null || reading.Name == name) && tags.All(tag => tag.Value.Equals(reading.Tags.GetValueOrDefault(tag.Key))))];
        }

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var reading = new Reading(instrument.Name, value, new Dictionary<string, object?>(tags.ToArray()));
            lock (_readings) _readings.Add(reading);
        }

        private sealed record Reading(string Name, double Value, Dictionary<string, object?> Tags);
    }
}
