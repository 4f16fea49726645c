using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>Keys that are the same in every run.</summary>
internal static class TestKeys
{
    /// <summary>The node key whose secret is a small number.</summary>
    public static NodeKey Node(byte number) => NodeKey.Generate(new Constant(number));

    private sealed class Constant(byte number) : IEntropySource
    {
        public void Fill(Span<byte> destination)
        {
            destination.Clear();
            destination[^1] = number;
        }
    }
}
