namespace Coniunctum.Crypto;

/// <summary>Where random bytes come from. Programs give <see cref="SystemEntropy"/>, simulations a seeded source.</summary>
public interface IEntropySource
{
    /// <summary>Fills <paramref name="destination"/> with random bytes.</summary>
    /// <param name="destination">Any length.</param>
    void Fill(Span<byte> destination);
}
