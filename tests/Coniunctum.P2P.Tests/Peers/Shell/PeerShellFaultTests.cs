using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport.Simulated;

namespace Coniunctum.P2P.Tests.Peers.Shell;

/// <summary>
/// Two shells over a simulated network of drawn latency, bandwidth and window, with drawn faults: resets in the middle of a frame, connections that are
/// half open, stalls, slow readers, machines without room, closes from either side. Whatever happens, what arrives of a class is what was sent, in order and
/// from the beginning; a connection is reported first as made and last as over; no honest side seems to break the protocol; and in the end
/// nothing is open.
/// </summary>
public sealed class PeerShellFaultTests
{
    private static readonly int s_seeds = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000 : 12;

    [SetUp]
    public void LeaveContext() => SynchronizationContext.SetSynchronizationContext(null);

    [Test]
    public void Shells_OverANetworkWithoutFaults_HandOverEverything([Range(1, 6)] int seed) => Run(seed, withFaults: false);

    [Test]
    [Category("Long")]
    public void Shells_OverANetworkWithFaults_HandOverWhatWasSent_AndEnd()
    {
        int heard = 0;
        for (int seed = 1; seed <= s_seeds; seed++) heard += Run(seed, withFaults: true);
        TestContext.Out.WriteLine(FormattableString.Invariant($"{heard} messages arrived in {s_seeds} runs"));
        Assert.That(heard, Is.GreaterThan(10 * s_seeds), "the faults leave time for something to arrive");
    }

    /// <summary>Returns how many messages arrived.</summary>
    private static int Run(int seed, bool withFaults)
    {
        var random = new Random(seed);
        var clock = new ManualTime();
        var thread = new ClockThread(clock);
        var network = new SimulatedNetwork(clock, new SimulatedNetworkOptions
        {
            Latency = TimeSpan.FromMilliseconds(random.Next(1, 200)),
            BytesPerSecond = random.Next(3) switch { 0 => 20_000, 1 => 200_000, _ => 10_000_000 },
            WindowBytes = random.Next(2) == 0 ? 8 * 1_024 : 128 * 1_024,
            NodeScheduler = System.IO.Pipelines.PipeScheduler.ThreadPool,
            NetworkScheduler = thread,
        });
        var taker = new ShellNode(thread, clock, network, 1, random.Next(), withFaults);
        var dialler = new ShellNode(thread, clock, network, 2, random.Next(), withFaults);
        int connections = random.Next(1, 4);
        for (int i = 0; i < connections; i++) dialler.Shell.Run(new PeerEffect.Dial(taker.Endpoint, taker.Id));
        thread.RunUntil(() => dialler.Begun == connections || withFaults && dialler.Failed > 0, FormattableString.Invariant($"seed {seed}: they connect"));

        if (withFaults)
            PlayFaults(random, thread, clock, network, taker, dialler);
        else
            thread.RunUntil(() => taker.HasHeardAll(dialler) && dialler.HasHeardAll(taker), FormattableString.Invariant($"seed {seed}: all has arrived"));

        // A cut that was not healed would hold back the end of nothing but itself.
        network.Heal(taker.Id, dialler.Id);
        Task end = Task.WhenAll(taker.Shell.DisposeAsync().AsTask(), dialler.Shell.DisposeAsync().AsTask());
        thread.RunUntil(() => end.IsCompleted, FormattableString.Invariant($"seed {seed}: both shells end"));
        foreach (ShellNode node in new[] { taker, dialler })
        {
            Assert.That(node.Faults, Is.Empty, $"seed {seed}");
            Assert.That((node.Transport.Open, node.Begun - node.Ended), Is.EqualTo((0, 0)), $"seed {seed}: nothing is left open");
        }

        taker.CheckAgainst(dialler);
        dialler.CheckAgainst(taker);
        if (!withFaults) Assert.That((taker.Unanswered, dialler.Unanswered), Is.EqualTo((0L, 0L)), $"seed {seed}: all that was sent was answered for");
        return taker.Heard + dialler.Heard;
    }

    private static void PlayFaults(Random random, ClockThread thread, ManualTime clock, SimulatedNetwork network, ShellNode taker, ShellNode dialler)
    {
        int faults = random.Next(1, 6);
        for (int i = 0; i < faults; i++)
        {
            Pass(thread, clock, TimeSpan.FromMilliseconds(random.Next(1, 3_000)));
            ShellNode node = random.Next(2) == 0 ? taker : dialler;
            switch (random.Next(7))
            {
                case 0:
                    network.ResetAfter(taker.Id, dialler.Id, random.Next(1, 60_000));
                    break;
                case 1:
                    network.LeaveHalfOpen(taker.Id, dialler.Id);
                    break;
                case 2:
                    network.Cut(taker.Id, dialler.Id);
                    Pass(thread, clock, TimeSpan.FromMilliseconds(random.Next(1, 20_000)));
                    network.Heal(taker.Id, dialler.Id);
                    break;
                case 3:
                    node.CloseOne(random.Next());
                    break;
                case 4:
                    node.SetReading(false);
                    Pass(thread, clock, TimeSpan.FromMilliseconds(random.Next(1, 5_000)));
                    node.SetReading(true);
                    break;
                case 5:
                    dialler.Shell.Run(new PeerEffect.Dial(taker.Endpoint, taker.Id));
                    break;
                default:
                    node.SayMore();
                    break;
            }
        }

        Pass(thread, clock, TimeSpan.FromSeconds(random.Next(1, 30)));
    }

    /// <summary>Lets time pass.</summary>
    private static void Pass(ClockThread thread, ManualTime clock, TimeSpan span)
    {
        bool isOver = false;
        ITimer timer = clock.CreateTimer(_ => isOver = true, null, span, Timeout.InfiniteTimeSpan);
        thread.RunUntil(() => isOver, "time passes");
        timer.Dispose();
    }
}
