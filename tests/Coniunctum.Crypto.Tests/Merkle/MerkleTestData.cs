namespace Coniunctum.Crypto.Tests.Merkle;

/// <summary>Lists of leaves, and the shape of a leaf's way to the root told independently of the code under test.</summary>
internal static class MerkleTestData
{
    /// <summary>Different leaves, the same ones in each run.</summary>
    public static Hash256[] Leaves(int count)
    {
        var leaves = new Hash256[count];
        for (int i = 0; i < count; i++) leaves[i] = Sha3_256.Hash(BitConverter.GetBytes(i));
        return leaves;
    }

    /// <summary>
    /// The side of each sibling from the leaf up: 'L', 'R', or '-' for an odd last node. Where <paramref name="skipsOdd"/>
    /// holds, an odd last node moves up unchanged and leaves no trace.
    /// </summary>
    public static string Shape(int index, int count, bool skipsOdd)
    {
        var shape = new System.Text.StringBuilder();
        while (count > 1)
        {
            if (index % 2 == 1) shape.Append('L');
            else if (index + 1 < count) shape.Append('R');
            else if (!skipsOdd) shape.Append('-');
            index /= 2;
            count = (count + 1) / 2;
        }

        return shape.ToString();
    }

    /// <summary>A copy with one bit changed.</summary>
    public static Hash256 Flip(Hash256 value, int bit)
    {
        byte[] bytes = value.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return new Hash256(bytes);
    }
}
