using System.Collections.Concurrent;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Mining.Tests;

public sealed class NonceSearchTests
{
    private const ulong Slice = 8192;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    public void TryFind_RealPuzzle_FindsASolution(int threads)
    {
        var puzzle = new Sha3NoncePuzzle(new byte[160]);
        Hash256 target = Hash256.Parse("0000ffff" + new string('0', 56));

        bool isFound = new NonceSearch(threads).TryFind(puzzle, target, out ulong nonce, CancellationToken.None);

        Assert.That(isFound, Is.True);
        Assert.That(puzzle.Digest(nonce), Is.LessThan(target));
    }

    [TestCase(1, 0UL)]
    [TestCase(1, 8191UL)]
    [TestCase(3, 8192UL)]
    [TestCase(3, 100_000UL)]
    public void TryFind_NoSolution_TriesEveryNonceOnce(int threads, ulong lastNonce)
    {
        var puzzle = new FakePuzzle(lastNonce, solution: null);
        var search = new NonceSearch(threads);

        bool isFound = search.TryFind(puzzle, Hash256.Zero, out ulong nonce, CancellationToken.None);

        Assert.That(isFound, Is.False);
        Assert.That(nonce, Is.Zero);
        ulong next = 0;
        foreach ((ulong first, ulong count) in puzzle.Ranges.OrderBy(range => range.First))
        {
            Assert.That(first, Is.EqualTo(next));
            next = first + count;
        }

        Assert.That(next, Is.EqualTo(lastNonce + 1));
        Assert.That(search.Tried, Is.EqualTo((long)lastNonce + 1));
    }

    [Test]
    public void TryFind_SolutionInTheLastNonce_IsFound()
    {
        var puzzle = new FakePuzzle(lastNonce: 20_000, solution: 20_000);
        var search = new NonceSearch(2);

        Assert.That(search.TryFind(puzzle, Hash256.Zero, out ulong nonce, CancellationToken.None), Is.True);
        Assert.That(nonce, Is.EqualTo(20_000));
        Assert.That(search.Tried, Is.EqualTo(20_001));
    }

    [Test]
    public void TryFind_Cancelled_StopsAfterTheSlicesInHand()
    {
        using var cancellation = new CancellationTokenSource();
        var puzzle = new FakePuzzle(ulong.MaxValue, solution: null, onRange: _ => cancellation.Cancel());

        bool isFound = new NonceSearch(3).TryFind(puzzle, Hash256.Zero, out _, cancellation.Token);

        Assert.That(isFound, Is.False);
        Assert.That(puzzle.Ranges.Count, Is.InRange(1, 3));

        // At ten million nonces a second that is less than a millisecond.
        Assert.That(puzzle.Ranges.Select(range => range.Count), Has.All.LessThanOrEqualTo(8192));
    }

    [Test]
    public void TryFind_CancelledBefore_TriesNothing()
    {
        var puzzle = new FakePuzzle(ulong.MaxValue, solution: 5);

        Assert.That(new NonceSearch(2).TryFind(puzzle, Hash256.Zero, out _, new CancellationToken(canceled: true)), Is.False);
        Assert.That(puzzle.Ranges, Is.Empty);
    }

    [Test]
    public void TryFind_PuzzleThatThrowsOnAnyThread_ThrowsWithItsException()
    {
        var failure = new InvalidTimeZoneException();
        var puzzle = new FakePuzzle(ulong.MaxValue, solution: null, onRange: first =>
        {
            if (first >= 3 * Slice) throw failure;
        });

        Assert.That(
            () => new NonceSearch(3).TryFind(puzzle, Hash256.Zero, out _, CancellationToken.None),
            Throws.InvalidOperationException.With.InnerException.SameAs(failure));
    }

    [TestCase(0)]
    [TestCase(1025)]
    public void Constructor_ThreadsOutOfRange_Throws(int threads) =>
        Assert.That(() => new NonceSearch(threads), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void TryFind_IntervalPassed_ReportsTheCountAndTheRateSinceTheLastReport()
    {
        var time = new ManualTime();
        var reports = new Reports();
        var puzzle = new FakePuzzle((10 * Slice) - 1, solution: null, onRange: _ => time.Advance(TimeSpan.FromMilliseconds(250)));
        var search = new NonceSearch(1, reports, time, TimeSpan.FromSeconds(1));

        search.TryFind(puzzle, Hash256.Zero, out _, CancellationToken.None);

        Assert.That(reports.All, Is.EqualTo(new[] { new NonceSearchProgress(4 * 8192, 4 * 8192), new NonceSearchProgress(8 * 8192, 4 * 8192) }));
    }

    [Test]
    public void TryFind_ShortSearchesWithPauses_ShareAReportWithoutThePauses()
    {
        var time = new ManualTime();
        var reports = new Reports();
        var puzzle = new FakePuzzle(Slice - 1, solution: null, onRange: _ => time.Advance(TimeSpan.FromMilliseconds(500)));
        var search = new NonceSearch(1, reports, time, TimeSpan.FromSeconds(1));

        for (int i = 0; i < 3; i++)
        {
            search.TryFind(puzzle, Hash256.Zero, out _, CancellationToken.None);
            time.Advance(TimeSpan.FromHours(1));
        }

        Assert.That(reports.All, Is.EqualTo(new[] { new NonceSearchProgress(2 * 8192, 2 * 8192) }));
    }

    [Test]
    public void TryFind_ManyThreads_ReportsOneAtATimeAndNeverBackwards()
    {
        var time = new ManualTime();
        var reports = new Reports();
        var puzzle = new FakePuzzle((200 * Slice) - 1, solution: null, onRange: _ => time.Advance(TimeSpan.FromSeconds(1)));

        new NonceSearch(7, reports, time, TimeSpan.FromSeconds(1)).TryFind(puzzle, Hash256.Zero, out _, CancellationToken.None);

        Assert.That(reports.All, Is.Not.Empty);
        Assert.That(reports.All.Select(report => report.Tried), Is.Ordered.And.All.InRange(8192, 200 * 8192));
        Assert.That(reports.All.Select(report => report.NoncesPerSecond), Has.All.InRange(0, 7 * 8192));
        Assert.That(reports.WereConcurrent, Is.False);
    }

    [Test]
    public void TryFind_ProgressThatThrows_FailsTheSearch()
    {
        var time = new ManualTime();
        var failure = new InvalidTimeZoneException();
        var puzzle = new FakePuzzle(ulong.MaxValue, solution: null, onRange: _ => time.Advance(TimeSpan.FromSeconds(1)));
        var search = new NonceSearch(2, new Reports(failure), time, TimeSpan.FromSeconds(1));

        Assert.That(
            () => search.TryFind(puzzle, Hash256.Zero, out _, CancellationToken.None),
            Throws.InvalidOperationException.With.InnerException.SameAs(failure));
    }

    [Test]
    public void Constructor_IntervalNotAboveZero_Throws() =>
        Assert.That(() => new NonceSearch(1, new Reports(), TimeProvider.System, TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private sealed class Reports(Exception? failure = null) : IProgress<NonceSearchProgress>
    {
        private int _active;

        public List<NonceSearchProgress> All { get; } = [];

        public bool WereConcurrent { get; private set; }

        public void Report(NonceSearchProgress value)
        {
            if (Interlocked.Increment(ref _active) != 1) WereConcurrent = true;
            All.Add(value);
            Interlocked.Decrement(ref _active);
            if (failure is not null) throw failure;
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks = 12345;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }

    /// <summary>A puzzle with one solution or none, which notes the ranges that are asked for.</summary>
    private sealed class FakePuzzle(ulong lastNonce, ulong? solution, Action<ulong>? onRange = null) : INoncePuzzle
    {
        public ConcurrentBag<(ulong First, ulong Count)> Ranges { get; } = [];

        public ulong LastNonce => lastNonce;

        public Hash256 Digest(ulong nonce) => Hash256.Zero;

        public bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
        {
            if (count - 1 > lastNonce - first) throw new ArgumentOutOfRangeException(nameof(count));
            Ranges.Add((first, count));
            onRange?.Invoke(first);
            nonce = solution ?? 0;
            return solution >= first && solution - first < count;
        }
    }
}
