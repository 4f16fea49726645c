using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Crypto.Tests.Puzzles;

public sealed class PuzzleAllocationTests
{
    private static IEnumerable<INoncePuzzle> Puzzles()
    {
        yield return new Sha3NoncePuzzle(new byte[256]);
        yield return new Sha3NoncePuzzle(new byte[160], new NonceHashTable(20_000));
        yield return new Sha3NoncePuzzle(new byte[256], 160, new Hash256[16]);
        yield return new SquareSumPuzzle(Sha3_256.Hash("anchor"u8));
    }

    [TestCaseSource(nameof(Puzzles))]
    public void TryFind_ALongerRange_AllocatesNoMore(INoncePuzzle puzzle)
    {
        Allocated(puzzle, 100);
        long few = Allocated(puzzle, 100);
        long many = Allocated(puzzle, 10_000);

        Assert.That(many, Is.EqualTo(few));
        if (puzzle is not SquareSumPuzzle) Assert.That(few, Is.Zero);
    }

    private static long Allocated(INoncePuzzle puzzle, ulong count)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        puzzle.TryFind(1_000_000 % (puzzle.LastNonce - count), count, Hash256.Zero, out _);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
