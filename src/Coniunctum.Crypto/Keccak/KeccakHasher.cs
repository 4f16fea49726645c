using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Keccak;

/// <summary>
/// Hashes a message that arrives in pieces, without allocating: <c>var hasher = KeccakHasher.Sha3_256();</c>, then
/// <see cref="Append"/> for each piece and <see cref="Finish(Span{byte})"/>. Not safe to use from several threads at once.
/// </summary>
/// <remarks>It lives on the stack and changes in place: pass it by reference, for a copy goes its own way.</remarks>
public ref struct KeccakHasher
{
    private Lanes _state;
    private int _filled;
    private readonly int _digestBytes;
    private readonly byte _suffix;

    private KeccakHasher(int digestBytes, byte suffix)
    {
        _digestBytes = digestBytes;
        _suffix = suffix;
    }

    /// <summary>The length of the digest in bytes: 32 or 64.</summary>
    public readonly int DigestBytes => _digestBytes;

    /// <summary>Starts a SHA3-256 message.</summary>
    public static KeccakHasher Sha3_256() => new(Hash256.Size, KeccakSponge.Sha3Suffix);

    /// <summary>Starts a message of Ethereum's Keccak-256.</summary>
    public static KeccakHasher Keccak256() => new(Hash256.Size, KeccakSponge.KeccakSuffix);

    /// <summary>Starts a SHA3-512 message.</summary>
    public static KeccakHasher Sha3_512() => new(Crypto.Sha3_512.Size, KeccakSponge.Sha3Suffix);

    /// <summary>Adds the message's next piece.</summary>
    /// <param name="data">Any length; not kept.</param>
    /// <exception cref="InvalidOperationException">The hasher is <c>default</c>, so no function was chosen.</exception>
    public void Append(scoped ReadOnlySpan<byte> data)
    {
        int rate = Rate();
        Span<ulong> state = _state;
        if (_filled > 0 && data.Length >= rate - _filled)
        {
            int missing = rate - _filled;
            KeccakSponge.XorBytes(state, _filled, data[..missing]);
            KeccakPermutation.Permute(state);
            data = data[missing..];
            _filled = 0;
        }

        while (data.Length >= rate)
        {
            KeccakSponge.XorBlock(state, data[..rate]);
            KeccakPermutation.Permute(state);
            data = data[rate..];
        }

        KeccakSponge.XorBytes(state, _filled, data);
        _filled += data.Length;
    }

    /// <summary>Ends the message, writes its digest and starts a new message of the same function.</summary>
    /// <param name="destination">Exactly <see cref="DigestBytes"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">The hasher is <c>default</c>, so no function was chosen.</exception>
    public void Finish(scoped Span<byte> destination)
    {
        int rate = Rate();
        if (destination.Length != _digestBytes)
            throw new ArgumentException(Invariant($"The digest has {_digestBytes} bytes, not {destination.Length}."), nameof(destination));
        KeccakSponge.Finish(_state, _filled, rate, _suffix, destination);
        _state = default;
        _filled = 0;
    }

    /// <summary>Ends a message of a function with 32 bytes of output and starts a new one.</summary>
    /// <exception cref="ArgumentException">The function is SHA3-512.</exception>
    /// <exception cref="InvalidOperationException">The hasher is <c>default</c>, so no function was chosen.</exception>
    [SkipLocalsInit]
    public Hash256 Finish()
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Finish(digest);
        return new Hash256(digest);
    }

    private readonly int Rate() =>
        _digestBytes != 0
            ? KeccakSponge.Rate(_digestBytes)
            : throw new InvalidOperationException("A default KeccakHasher hashes nothing; start with Sha3_256, Keccak256 or Sha3_512.");

    [InlineArray(KeccakPermutation.LaneCount)]
    private struct Lanes
    {
        private ulong _lane0;
    }
}
