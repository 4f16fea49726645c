using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

public sealed class InterruptibleInputTests
{
    [Test]
    public async Task Read_WholeInput_IsThatOfTheSource()
    {
        byte[] bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
        await using var input = new InterruptibleInput(new MemoryStream(bytes), CancellationToken.None);
        using var copy = new MemoryStream();
        Span<byte> first = new byte[1_000];
        int read = input.Read(first);
        copy.Write(first[..read]);
        await input.CopyToAsync(copy);

        Assert.That(copy.ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void Read_ThatWaits_EndsWhenItIsStopped()
    {
        using var stop = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        using var input = new InterruptibleInput(new Silent(gate, stop), stop.Token);

        Assert.That(() => input.Read(new byte[10], 0, 10), Throws.TypeOf<InterruptedException>());
        gate.Set();
    }

    [Test]
    public void ReadAsync_ThatWaits_EndsWhenItIsStopped()
    {
        using var stop = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        using var input = new InterruptibleInput(new Silent(gate, stop), stop.Token);

        Assert.That(async () => await input.ReadAsync(new byte[10]), Throws.TypeOf<InterruptedException>());
        gate.Set();
    }

    /// <summary>Says nothing, like a terminal at which no one types; the stop comes while it waits.</summary>
    private sealed class Silent(ManualResetEventSlim gate, CancellationTokenSource stop) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            stop.Cancel();
            gate.Wait();
            return 0;
        }
    }
}
