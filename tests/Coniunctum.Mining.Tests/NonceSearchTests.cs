using System.Collections.Concurrent;
using Coniunctum.Consensus.Rules;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Mining.Tests;

public sealed class NonceSearchTests
{
    [TestCase(0)]
    [TestCase(1_025)]
    public void Constructor_ThreadsOutOfRange_Throws(int threads) =>
        Assert.That(() => new NonceSearch(threads), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void TryFind_FindsANonceThatAVerifierAccepts([Values(1, 2, 3, 4)] int threads)
    {
        byte[] preimage = new byte[256];
        preimage[0] = (byte)threads;
        var puzzle = new Sha3NoncePuzzle(preimage);
        Hash256 target = ProofOfWork.TargetFor(20_000);
        var search = new NonceSearch(threads);

        Assert.That(search.TryFind(puzzle, target, out ulong nonce, default), Is.True);
        Assert.That(puzzle.Digest(nonce), Is.LessThan(target));
        Assert.That(search.Tried, Is.GreaterThan(0));
    }

    [Test]
    public void TryFind_OnOneThread_FindsTheLeastNonceAndCountsThoseTried()
    {
        var search = new NonceSearch(1);

        Assert.That(search.TryFind(new Stub(20_000, 30_000), default, out ulong nonce, default), Is.True);
        Assert.That(nonce, Is.EqualTo(20_000));
        Assert.That(search.Tried, Is.EqualTo(20_001));
        search.TryFind(new Stub(4), default, out _, default);
        Assert.That(search.Tried, Is.EqualTo(20_006), "over all searches");
    }

    [Test]
    public void TryFind_OnManyThreads_FindsTheOnlyNonce([Values(2, 3, 4)] int threads)
    {
        const ulong only = (100 * 8_192) - 1;
        var puzzle = new Stub(only);
        var search = new NonceSearch(threads);

        Assert.That(search.TryFind(puzzle, default, out ulong nonce, default), Is.True);
        Assert.That(nonce, Is.EqualTo(only));
        Assert.That(puzzle.Ranges.Keys.Order(), Is.EqualTo(Enumerable.Range(0, puzzle.Ranges.Count).Select(slice => (ulong)slice * 8_192)), "no slice twice, none left out");
        Assert.That(search.Tried, Is.EqualTo(puzzle.Ranges.Count * 8_192L), "the solution was its slice's last nonce");
    }

    [Test]
    public void TryFind_AtTheEndOfTheNonces_FindsNothing([Values(1, 4)] int threads)
    {
        var puzzle = new Stub();
        var search = new NonceSearch(threads);

        Assert.That(search.TryFind(puzzle, default, NonceSearch.Slices - 3, out ulong nonce, default), Is.False);
        Assert.That(nonce, Is.Zero);
        Assert.That(puzzle.Ranges.Keys.Order(), Is.EqualTo(new[] { ulong.MaxValue - 24_575, ulong.MaxValue - 16_383, ulong.MaxValue - 8_191 }));
        Assert.That(search.Tried, Is.EqualTo(3 * 8_192));
    }

    [Test]
    public void TryFind_TheVeryLastNonce_IsFound()
    {
        Assert.That(new NonceSearch(2).TryFind(new Stub(ulong.MaxValue), default, NonceSearch.Slices - 2, out ulong nonce, default), Is.True);
        Assert.That(nonce, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void TryFind_CancelledDuringAHugeSearch_Returns([Values(1, 4)] int threads)
    {
        using var cancellation = new CancellationTokenSource();
        var puzzle = new Stub { OnRange = count => { if (count >= 50) cancellation.Cancel(); } };

        Assert.That(new NonceSearch(threads).TryFind(puzzle, default, out ulong nonce, cancellation.Token), Is.False);
        Assert.That(nonce, Is.Zero);
        Assert.That(puzzle.Ranges, Has.Count.InRange(50, 50 + threads), "each thread ends its slice");
    }

    [Test]
    public void TryFind_CancelledBefore_TriesNothing()
    {
        var search = new NonceSearch(3);

        Assert.That(search.TryFind(new Stub(0), default, out _, new CancellationToken(canceled: true)), Is.False);
        Assert.That(search.Tried, Is.Zero);
    }

    [Test]
    public void TryFind_PuzzleThatFails_ThrowsWhereTheSearchWasAskedFor([Values(1, 4)] int threads)
    {
        var puzzle = new Stub { OnRange = count => { if (count >= 20) throw new NotSupportedException("planted"); } };

        Assert.That(
            () => new NonceSearch(threads).TryFind(puzzle, default, out _, default),
            Throws.InvalidOperationException.With.InnerException.TypeOf<NotSupportedException>());
    }

    [Test]
    public void TryFind_FromSeveralThreadsAtOnce_KeepsTheSearchesApart()
    {
        var search = new NonceSearch(2);
        var found = new ConcurrentDictionary<ulong, ulong>();
        Parallel.For(1, 9, task =>
        {
            search.TryFind(new Stub((ulong)task * 10_000), default, out ulong nonce, default);
            found[(ulong)task] = nonce;
        });

        Assert.That(found.Values.Order(), Is.EqualTo(Enumerable.Range(1, 8).Select(task => (ulong)task * 10_000)));
    }

    /// <summary>A puzzle whose solutions are given; notes which ranges were searched.</summary>
    private sealed class Stub(params ulong[] solutions) : INoncePuzzle
    {
        public ConcurrentDictionary<ulong, ulong> Ranges { get; } = new();

        public Action<int> OnRange { get; init; } = _ => { };

        public Hash256 Digest(ulong nonce) => throw new NotSupportedException();

        public bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
        {
            Assert.That(Ranges.TryAdd(first, count), "a range is searched once");
            Assert.That(count - 1, Is.LessThanOrEqualTo(ulong.MaxValue - first));
            OnRange(Ranges.Count);
            ulong[] inside = [.. solutions.Where(solution => solution >= first && solution - first < count)];
            nonce = inside.Length == 0 ? 0 : inside.Min();
            return inside.Length > 0;
        }
    }
}
