using System.Text.Json;

namespace Coniunctum.TestKit.Schemes;

/// <summary>One of Project Wycheproof's signatures.</summary>
internal sealed record WycheproofCase(string Name, PublicKey Key, byte[] Message, byte[] Signature, bool IsValid)
{
    public static IEnumerable<WycheproofCase> Read(string file)
    {
        using var document = JsonDocument.Parse(VectorFile.ReadText(file));
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] uncompressed = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!);
            Assert.That(PublicKey.Read(uncompressed.AsSpan(1), out PublicKey key), Is.EqualTo(KeyOutcome.Valid));
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                yield return new WycheproofCase(
                    Invariant($"{test.GetProperty("tcId").GetInt32()}: {test.GetProperty("comment").GetString()}"),
                    key,
                    Convert.FromHexString(test.GetProperty("msg").GetString()!),
                    Convert.FromHexString(test.GetProperty("sig").GetString()!),
                    string.Equals(test.GetProperty("result").GetString(), "valid", StringComparison.Ordinal));
            }
        }
    }
}
