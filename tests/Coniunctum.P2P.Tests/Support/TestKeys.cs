using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>Keys that are the same in every run.</summary>
internal static class TestKeys
{
    /// <summary>The node key whose secret is a small number.</summary>
    public static NodeKey Node(byte number) => NodeKey.Generate(new Constant(number));

    /// <summary>The public half of the same key; made once, since making it takes a multiplication on the curve.</summary>
    public static PublicKey Public(byte number) => s_public.GetOrAdd(number, one =>
    {
        using NodeKey key = Node(one);
        return key.PublicKey;
    });

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<byte, PublicKey> s_public = new();

    private sealed class Constant(byte number) : IEntropySource
    {
        public void Fill(Span<byte> destination)
        {
            destination.Clear();
            destination[^1] = number;
        }
    }
}
