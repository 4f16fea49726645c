using System.Globalization;

namespace Coniunctum.Crypto.Tests.Keccak;

/// <summary>The Keccak team's known answers: every length from 0 to 255 bytes.</summary>
internal static class ShortMessageVectors
{
    /// <summary>Reads the file's vectors; those whose length in bits is no multiple of eight are left out.</summary>
    public static List<(byte[] Message, Hash256 Digest)> Read(string name)
    {
        var vectors = new List<(byte[] Message, Hash256 Digest)>();
        int bits = 0;
        byte[] message = [];
        foreach (string line in VectorFile.ReadLines(name))
        {
            int equals = line.IndexOf(" = ", StringComparison.Ordinal);
            if (equals < 0 || line.StartsWith('#')) continue;
            string value = line[(equals + 3)..];
            switch (line[..equals])
            {
                case "Len":
                    bits = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "Msg":
                    message = Convert.FromHexString(value)[..(bits / 8)];
                    break;
                case "MD" when bits % 8 == 0:
                    vectors.Add((message, Hash256.Parse(value)));
                    break;
            }
        }

        return vectors;
    }
}
