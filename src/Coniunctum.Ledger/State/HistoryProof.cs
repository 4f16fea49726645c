using System.Buffers;
using System.Numerics;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.State;

/// <summary>
/// A proof that a block is an ancestor of another one, by the other one's history root. Whoever knows that root checks it
/// without a store. Immutable.
/// </summary>
/// <remarks>
/// The works in it are assertions of whoever made the blocks: they count only where the headers themselves were checked.
/// Encoded: [path, peaks], both one string of be32(work)‖hash for each node; the path from the block upwards within its
/// mountain, then the other mountains' peaks, the largest first.
/// </remarks>
[JsonConverter(typeof(NoJsonConverter<HistoryProof>))]
public sealed class HistoryProof
{
    private const int MaxNodes = 64;

    private readonly HistoryTree.Summit[] _path;
    private readonly HistoryTree.Summit[] _peaks;

    private HistoryProof(HistoryTree.Summit[] path, HistoryTree.Summit[] peaks)
    {
        _path = path;
        _peaks = peaks;
    }

    /// <summary>
    /// Proves that a block of a stored chain is an ancestor of another one. Reads one row for each node of the proof: at most two for
    /// each halving of the number of blocks, and four heads.
    /// </summary>
    /// <param name="chain">The stored chain. Where it may be reorganized meanwhile, the proof has to be verified.</param>
    /// <param name="descendant">The height of the block whose history root the proof leads to.</param>
    /// <param name="ancestor">The height of the ancestor; less.</param>
    /// <param name="id">The ancestor's identity.</param>
    /// <param name="weight">The ancestor's weight.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ancestor"/> is not below <paramref name="descendant"/>.</exception>
    /// <exception cref="InvalidDataException">The chain does not reach so far, or the store is damaged.</exception>
    public static HistoryProof Create(IChainReader chain, ulong descendant, ulong ancestor, out BlockId id, out Work weight)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var source = new SummitSource(chain.ReadSummits, chain.ReadHeads);
        HistoryProof proof = Create(descendant, ancestor, source.SummitAt);
        (id, weight) = source.LeafAt(ancestor);
        return proof;
    }

    /// <summary>Proves that a block is an ancestor.</summary>
    /// <param name="descendant">The height of the block whose history root the proof leads to.</param>
    /// <param name="ancestor">The height of the ancestor; less.</param>
    /// <param name="summitAt">Returns the summit over 2^level blocks, of which the first has the height index·2^level.</param>
    internal static HistoryProof Create(ulong descendant, ulong ancestor, Func<int, ulong, HistoryTree.Summit> summitAt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ancestor, descendant);
        var path = new List<HistoryTree.Summit>();
        var peaks = new List<HistoryTree.Summit>();
        for (ulong start = 0; start < descendant;)
        {
            int height = BitOperations.Log2(descendant - start);
            if (ancestor >> height != start >> height)
            {
                peaks.Add(summitAt(height, start >> height));
            }
            else
            {
                // At each level the subtree beside the one that holds the ancestor.
                for (int level = 0; level < height; level++) path.Add(summitAt(level, (ancestor >> level) ^ 1));
            }

            start += 1UL << height;
        }

        return new HistoryProof([.. path], [.. peaks]);
    }

    /// <summary>Checks a proof.</summary>
    /// <param name="proof">The proof. It may come from anyone.</param>
    /// <param name="historyRoot">The history root of a header that is trusted.</param>
    /// <param name="descendant">The height of that header.</param>
    /// <param name="ancestor">The height at which the ancestor is said to be.</param>
    /// <param name="id">The ancestor's identity.</param>
    /// <param name="weight">The ancestor's weight.</param>
    /// <returns>Whether the block is the header's ancestor at that height, with that weight.</returns>
    public static bool Verify(HistoryProof proof, Hash256 historyRoot, ulong descendant, ulong ancestor, BlockId id, Work weight)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (ancestor >= descendant) return false;
        int mountains = BitOperations.PopCount(descendant);
        if (proof._peaks.Length != mountains - 1) return false;

        // The mountains stand in order of size, one for each bit of the number of blocks.
        ulong start = 0;
        int before = 0;
        ulong size = 1UL << BitOperations.Log2(descendant);
        while (ancestor - start >= size)
        {
            start += size;
            before++;
            size = 1UL << BitOperations.Log2(descendant - start);
        }

        if (proof._path.Length != BitOperations.Log2(size)) return false;
        HistoryTree.Summit summit = HistoryTree.LeafOf(id, weight);
        ulong place = ancestor - start;
        for (int level = 0; level < proof._path.Length; level++)
        {
            bool isRight = ((place >> level) & 1) == 1;
            summit = isRight
                ? HistoryTree.Join(proof._path[level], summit, 2UL << level)
                : HistoryTree.Join(summit, proof._path[level], 2UL << level);
        }

        HistoryTree.Summit[] all = [.. proof._peaks[..before], summit, .. proof._peaks[before..]];
        return HistoryTree.RootOf(descendant, all) == historyRoot;
    }

    /// <summary>Returns the canonical encoding: 64 bytes for each halving of the number of blocks, or less.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(2);
        Write(ref writer, _path);
        Write(ref writer, _peaks);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a proof from untrusted bytes.</summary>
    /// <param name="encoded">The bytes.</param>
    /// <param name="proof">The proof, or <c>null</c>. It still has to be verified.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, out HistoryProof? proof)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(2);
        HistoryTree.Summit[] path = Read(ref reader);
        HistoryTree.Summit[] peaks = Read(ref reader);
        DecodeOutcome outcome = reader.End();
        proof = outcome.IsValid ? new HistoryProof(path, peaks) : null;
        return outcome;
    }

    private static void Write(ref CanonicalWriter writer, HistoryTree.Summit[] summits)
    {
        byte[] bytes = new byte[summits.Length * HistoryTree.Summit.Size];
        for (int i = 0; i < summits.Length; i++) summits[i].CopyTo(bytes.AsSpan(i * HistoryTree.Summit.Size));
        writer.WriteFixed(bytes);
    }

    private static HistoryTree.Summit[] Read(ref CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBytes(MaxNodes * HistoryTree.Summit.Size).Span;
        if (bytes.Length % HistoryTree.Summit.Size != 0) reader.Reject((ulong)(bytes.Length / HistoryTree.Summit.Size * HistoryTree.Summit.Size), (ulong)bytes.Length);
        var summits = new HistoryTree.Summit[bytes.Length / HistoryTree.Summit.Size];
        for (int i = 0; i < summits.Length; i++) summits[i] = HistoryTree.Summit.Read(bytes[(i * HistoryTree.Summit.Size)..]);
        return summits;
    }
}
