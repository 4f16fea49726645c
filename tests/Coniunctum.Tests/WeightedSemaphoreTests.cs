namespace Coniunctum.Tests;

public sealed class WeightedSemaphoreTests
{
    private WeightedSemaphore _gate = null!;

    [SetUp]
    public void Create() => _gate = new WeightedSemaphore(100);

    [Test]
    public void Enter_WhileThereIsRoom_PassesAtOnce_AlsoWhatIsLargerThanTheRoom()
    {
        Assert.That(Enter(60).IsCompletedSuccessfully);
        Assert.That(Enter(500).IsCompletedSuccessfully);
        Assert.That(Enter(1).IsCompleted, Is.False);
    }

    [Test]
    public async Task Enter_WithoutRoom_WaitsInLine()
    {
        await Enter(100);
        Task large = Enter(100);
        Task small = Enter(1);
        _gate.Leave(1);
        await large.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(small.IsCompleted, Is.False, "nobody overtakes");

        _gate.Leave(100);
        await small.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task Backlog_CountsLikeWhatHasEntered()
    {
        _gate.SetBacklog(100);
        Task waiting = Enter(1);
        Assert.That(waiting.IsCompleted, Is.False);
        _gate.SetBacklog(99);
        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task Cancellation_OfOneThatWaits_LeavesTheOthersTheirPlaces()
    {
        await Enter(100);
        using var cancellation = new CancellationTokenSource();
        Task first = _gate.EnterAsync(100, cancellation.Token);
        Task second = Enter(100);
        await cancellation.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());

        _gate.Leave(1);
        await second.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task Open_LetsEveryoneIn()
    {
        await Enter(100);
        Task waiting = Enter(100);
        _gate.Open();
        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(Enter(100).IsCompletedSuccessfully);
    }

    private Task Enter(int bytes) => _gate.EnterAsync(bytes, CancellationToken.None);
}
