using Coniunctum.Crypto;

namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>Validators and blocks by number. The order of addresses is that of numbers.</summary>
internal static class Actors
{
    public static Address Address(int validator) => new(Of(1, 0, validator));

    public static BlockId Block(int height, int block) => new(Of(2, height, block));

    private static Hash256 Of(int kind, int height, int number)
    {
        byte[] bytes = new byte[Hash256.Size];
        (bytes[0], bytes[1], bytes[2]) = ((byte)kind, (byte)height, (byte)(number + 1));
        return new Hash256(bytes);
    }
}
