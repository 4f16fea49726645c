using System.IO.Pipelines;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Transport.Simulated;

namespace Coniunctum.P2P.Tests.Transport.Simulated;

#pragma warning disable VSTHRD002 // What is waited for has ended: the loop before moves the clock until then.

/// <summary>What goes wrong in a simulated network, when it is asked to.</summary>
public sealed class SimulatedNetworkTests
{
    private readonly ManualTime _clock = new();

    // Everything goes on on the test's own thread: the test framework's context would move it to others.
    [SetUp]
    public void LeaveContext() => SynchronizationContext.SetSynchronizationContext(null);

    [Test]
    public void Latency_AndBandwidth_AreWhatTheyWereSetTo()
    {
        SimulatedNetwork network = Make(bytesPerSecond: 100_000);
        (ITransportConnection near, ITransportConnection far) = Connect(network, 1, 2);
        long start = _clock.GetTimestamp();
        Task<int> reading = ReadAsync(far, 50_000);
        Run(Task.WhenAll(near.Output.WriteAsync(new byte[50_000]).AsTask(), reading));
        Assert.That(_clock.GetElapsedTime(start).TotalSeconds, Is.EqualTo(0.5 + 0.05).Within(0.001));
    }

    [Test]
    public void Bandwidth_IsSharedByAllConnectionsOfANode()
    {
        SimulatedNetwork network = Make(bytesPerSecond: 100_000);
        (ITransportConnection near, ITransportConnection far)[] pairs = [Connect(network, 1, 2), Connect(network, 1, 3), Connect(network, 1, 4)];
        long start = _clock.GetTimestamp();
        var ends = new List<double>();
        Task[] all = [.. pairs.SelectMany(pair => (Task[])[pair.near.Output.WriteAsync(new byte[30_000]).AsTask(), TimeAsync(ReadAsync(pair.far, 30_000))])];
        Run(Task.WhenAll(all));
        Assert.That(ends, Has.Count.EqualTo(3));
        Assert.That(ends.Max(), Is.EqualTo(0.95).Within(0.001));
        Assert.That(ends.Min(), Is.GreaterThan(0.8), "all of them get their share");

        async Task TimeAsync(Task reading)
        {
            await reading;
            ends.Add(_clock.GetElapsedTime(start).TotalSeconds);
        }
    }

    [TestCase(1)]
    [TestCase(1_000)]
    [TestCase(20_000)]
    public void ResetAfter_SoManyBytes_EndsBothSidesInTheMiddle(int bytes)
    {
        SimulatedNetwork network = Make();
        (ITransportConnection near, ITransportConnection far) = Connect(network, 1, 2);
        network.ResetAfter(near.RemoteId!.Value, far.RemoteId!.Value, bytes);
        int read = 0;
        Task reading = CountAsync();
        Task writing = near.Output.WriteAsync(new byte[100_000]).AsTask();
        Assert.That(() => Run(reading), Throws.TypeOf<IOException>());
        Assert.That(read, Is.EqualTo(bytes));
        Assert.That(async () => await near.Input.ReadAsync(), Throws.TypeOf<IOException>());
        _ = writing.Exception;

        async Task CountAsync()
        {
            while (true)
            {
                ReadResult result = await far.Input.ReadAsync();
                read += (int)result.Buffer.Length;
                far.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
    }

    [Test]
    public void Cut_HoldsWhatIsSent_UntilItIsHealed_AndAnswersNobodyWhoConnects()
    {
        SimulatedNetwork network = Make();
        (ITransportConnection near, ITransportConnection far) = Connect(network, 1, 2);
        network.Cut(near.RemoteId!.Value, far.RemoteId!.Value);
        Task writing = near.Output.WriteAsync(new byte[10]).AsTask();
        Task<int> reading = ReadAsync(far, 10);
        while (_clock.AdvanceToNext()) { }
        Assert.That((writing.IsCompleted, reading.IsCompleted), Is.EqualTo((true, false)));

        long start = _clock.GetTimestamp();
        using NodeKey key = TestKeys.Node(1);
        DialOutcome outcome = Run(network.Join(key.Id, AddressOf(1)).DialAsync(AddressOf(2)).AsTask());
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.Timeout));
        Assert.That(_clock.GetElapsedTime(start), Is.EqualTo(TimeSpan.FromSeconds(10)));

        network.Heal(near.RemoteId!.Value, far.RemoteId!.Value);
        Assert.That(Run(reading), Is.EqualTo(10));
    }

    [Test]
    public void HalfOpen_NoSideIsTold_AndTheSenderWaitsInTheEnd()
    {
        SimulatedNetwork network = Make();
        (ITransportConnection near, ITransportConnection far) = Connect(network, 1, 2);
        network.LeaveHalfOpen(near.RemoteId!.Value, far.RemoteId!.Value);
        Task<int> reading = ReadAsync(far, 1);
        Task writing = near.Output.WriteAsync(new byte[5_000_000]).AsTask();
        far.Abort();
        while (_clock.AdvanceToNext()) { }
        Assert.That(writing.IsCompleted, Is.False);
        Assert.That(near.Input.TryRead(out _), Is.False);
        _ = reading.Exception;
    }

    [Test]
    public void TwoRuns_OfTheSamePlan_AreTheSame()
    {
        string[] runs = [.. Enumerable.Range(0, 2).Select(_ => Play())];
        Assert.That(runs[1], Is.EqualTo(runs[0]));
        Assert.That(runs[0], Has.Length.GreaterThan(1_000));

        static string Play()
        {
            var clock = new ManualTime();
            var network = new SimulatedNetwork(clock, new SimulatedNetworkOptions { BytesPerSecond = 50_000 });
            var trail = new System.Text.StringBuilder();
            var random = new Random(3);
            var tests = new SimulatedNetworkTests(clock);
            for (byte from = 1; from <= 4; from++)
            {
                (ITransportConnection near, ITransportConnection far) = tests.Connect(network, from, (byte)(from + 10));
                _ = SendAsync(near, random.Next(1, 3_000));
                _ = NoteAsync(far, from);
                if (from == 2) network.ResetAfter(near.RemoteId!.Value, far.RemoteId!.Value, 30_000);
            }

            for (int i = 0; i < 100_000 && clock.AdvanceToNext(); i++) { }
            return trail.ToString();

            static async Task SendAsync(ITransportConnection near, int chunk)
            {
                try
                {
                    for (int i = 0; i < 20; i++) await near.Output.WriteAsync(new byte[chunk * (i + 1)]);
                    await near.DisposeAsync();
                }
                catch (IOException)
                {
                    // Reset.
                }
            }

            async Task NoteAsync(ITransportConnection far, byte from)
            {
                try
                {
                    while (true)
                    {
                        ReadResult result = await far.Input.ReadAsync();
                        trail.Append(Invariant($"{clock.GetTimestamp()} {from} {result.Buffer.Length};"));
                        far.Input.AdvanceTo(result.Buffer.End);
                        if (result.IsCompleted) return;
                    }
                }
                catch (IOException exception)
                {
                    trail.Append(Invariant($"{clock.GetTimestamp()} {from} {exception.Message};"));
                }
            }
        }
    }

    public SimulatedNetworkTests()
    {
    }

    private SimulatedNetworkTests(ManualTime clock) => _clock = clock;

    private static NodeEndpoint AddressOf(byte number) => NodeEndpoint.Parse(Invariant($"10.0.0.{number}:7"));

    private static async Task<int> ReadAsync(ITransportConnection connection, int length)
    {
        int read = 0;
        while (read < length)
        {
            ReadResult result = await connection.Input.ReadAsync();
            read += (int)result.Buffer.Length;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        return read;
    }

    private SimulatedNetwork Make(long bytesPerSecond = 10_000_000) =>
        new(_clock, new SimulatedNetworkOptions { BytesPerSecond = bytesPerSecond, WindowBytes = 1_048_576 });

    private (ITransportConnection Near, ITransportConnection Far) Connect(SimulatedNetwork network, byte from, byte to)
    {
        using NodeKey fromKey = TestKeys.Node(from);
        using NodeKey toKey = TestKeys.Node(to);
        SimulatedTransport far = network.Join(toKey.Id, AddressOf(to));
        _ = Run(far.ListenAsync(AddressOf(to)).AsTask());
        Task<ITransportConnection?> accepting = far.AcceptAsync().AsTask();
        DialOutcome outcome = Run(network.Join(fromKey.Id, AddressOf(from)).DialAsync(AddressOf(to)).AsTask());
        Assert.That(outcome.Fault, Is.EqualTo(TransportFault.None));
        return (outcome.Connection!, Run(accepting)!);
    }

    private void Run(Task task)
    {
        for (int i = 0; i < 10_000_000 && !task.IsCompleted; i++)
            if (!_clock.AdvanceToNext()) throw new AssertionException("Nothing will ever happen any more.");
        task.GetAwaiter().GetResult();
    }

    private T Run<T>(Task<T> task)
    {
        Run((Task)task);
        return task.GetAwaiter().GetResult();
    }
}
