using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coniunctum.Wallet;

/// <summary>scrypt (RFC 7914): a key from a password, at a cost in memory and time that a guesser has to pay too.</summary>
internal static unsafe class Scrypt
{
    // Aligned to cache lines: every block of 64 bytes then lies in one.
    private const int Alignment = 64;

    // How often progress is told and cancellation looked for in one pass.
    private const int StepsPerPass = 64;

    /// <summary>Derives a key. Everything secret that it wrote is wiped, also when it is cancelled.</summary>
    /// <param name="password">The password.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="cost">A cost within the limits.</param>
    /// <param name="key">Receives the key, of any length.</param>
    /// <param name="progress">Is told the part that is done, from 0 to 1, on this thread; or <c>null</c>.</param>
    /// <param name="cancellation">Stops the computation within some milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cost is not within its limits.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="OutOfMemoryException">The machine does not have the memory that the cost asks for.</exception>
    public static void DeriveKey(
        ReadOnlySpan<byte> password,
        ReadOnlySpan<byte> salt,
        ScryptCost cost,
        Span<byte> key,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        if (!cost.IsWithinLimits) throw new ArgumentOutOfRangeException(nameof(cost), cost, "The cost is not within its limits.");
        int laneBytes = 128 * cost.R;
        int stateBytes = laneBytes * cost.P;
        nuint memoryBytes = (nuint)cost.MemoryBytes + (nuint)stateBytes + (2 * (nuint)laneBytes);
        byte* memory = (byte*)NativeMemory.AlignedAlloc(memoryBytes, Alignment);
        try
        {
            // The state first, then two places to mix in, then the table.
            var state = new Span<byte>(memory, stateBytes);
            uint* x = (uint*)(memory + stateBytes);
            uint* y = (uint*)(memory + stateBytes + laneBytes);
            uint* table = (uint*)(memory + stateBytes + (2 * laneBytes));
            Rfc2898DeriveBytes.Pbkdf2(password, salt, state, 1, HashAlgorithmName.SHA256);
            var meter = new Meter(progress, cost.P, cancellation);
            for (int lane = 0; lane < cost.P; lane++)
                MixLane(state.Slice(lane * laneBytes, laneBytes), x, y, table, cost.N, cost.R, ref meter);
            Rfc2898DeriveBytes.Pbkdf2(password, state, key, 1, HashAlgorithmName.SHA256);
        }
        finally
        {
            Wipe(memory, memoryBytes);
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>scryptROMix (RFC 7914 §5): fills the table, then reads it at places that depend on what was read before.</summary>
    private static void MixLane(Span<byte> lane, uint* x, uint* y, uint* table, int n, int r, ref Meter meter)
    {
        int words = 32 * r;
        int stride = Math.Max(1, n / StepsPerPass);
        Load(lane, table);
        for (int i = 0; i < n; i++)
        {
            uint* block = table + ((nint)i * words);
            ScryptMix.Mix(block, null, i == n - 1 ? x : block + words, r);
            if (i % stride == 0) meter.Report(0.5 * i / n);
        }

        int last = words - ScryptMix.WordsPerBlock;
        for (int i = 0; i < n; i++)
        {
            // Integerify: n is at most 2²³, and so the first word of the last block has all its bits.
            uint* block = table + ((nint)(x[last] & (uint)(n - 1)) * words);
            ScryptMix.Mix(x, block, y, r);
            uint* mixed = y;
            y = x;
            x = mixed;
            if (i % stride == 0) meter.Report(0.5 + (0.5 * i / n));
        }

        Store(x, lane);
        meter.FinishLane();
    }

    private static void Load(ReadOnlySpan<byte> bytes, uint* words)
    {
        for (int i = 0; i < bytes.Length / sizeof(uint); i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(sizeof(uint) * PlaceOf(i))..]);
    }

    private static void Store(uint* words, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length / sizeof(uint); i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(sizeof(uint) * PlaceOf(i))..], words[i]);
    }

    private static int PlaceOf(int i)
    {
        int inBlock = i % ScryptMix.WordsPerBlock;
        return i - inBlock + ScryptMix.IndexOf(inBlock);
    }

    private static void Wipe(byte* memory, nuint length)
    {
        const int piece = 1 << 30;
        for (nuint at = 0; at < length; at += piece)
            CryptographicOperations.ZeroMemory(new Span<byte>(memory + at, (int)Math.Min(piece, length - at)));
    }

    /// <summary>Tells progress over all lanes, and stops when it was cancelled.</summary>
    private struct Meter(IProgress<double>? progress, int lanes, CancellationToken cancellation)
    {
        private int _lanesDone;

        public readonly void Report(double partOfLane)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report((_lanesDone + partOfLane) / lanes);
        }

        public void FinishLane()
        {
            _lanesDone++;
            Report(0);
        }
    }
}
