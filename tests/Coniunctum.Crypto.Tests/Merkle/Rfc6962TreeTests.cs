using System.Text.Json;
using Coniunctum.Crypto.Merkle;

namespace Coniunctum.Crypto.Tests.Merkle;

public sealed class Rfc6962TreeTests
{
    // google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc: leaves and the roots of their first 1 to 8.
    private static readonly string[] ReferenceLeaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] ReferenceRoots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Test]
    public void ComputeRoot_ReferenceLeaves_GivesTheReferenceRoots()
    {
        Hash256[] leaves = [.. ReferenceLeaves.Select(leaf => Rfc6962Tree<Sha256>.LeafHash(Convert.FromHexString(leaf)))];

        for (int count = 1; count <= leaves.Length; count++)
            Assert.That(Rfc6962Tree<Sha256>.ComputeRoot(leaves.AsSpan(0, count)).ToString(), Is.EqualTo(ReferenceRoots[count - 1]));
    }

    [Test]
    public void ComputeRoot_NoLeaves_IsTheHashOfNothing()
    {
        Assert.That(Rfc6962Tree<Sha256>.ComputeRoot([]), Is.EqualTo(Sha256.Hash([])));
        Assert.That(Rfc6962Tree<Sha3_256>.ComputeRoot([]), Is.EqualTo(Sha3_256.Hash([])));
    }

    [Test]
    public void ComputeRoot_EverySizeTo300_EqualsTheRfcsRecursion()
    {
        Hash256[] leaves = MerkleTestData.Leaves(300);

        for (int count = 1; count <= leaves.Length; count++)
            Assert.That(Rfc6962Tree<Sha3_256>.ComputeRoot(leaves.AsSpan(0, count)), Is.EqualTo(Recurse(leaves.AsSpan(0, count))), $"{count} leaves");

        // RFC 6962 §2.1: the left subtree has the largest power of two smaller than the list.
        static Hash256 Recurse(ReadOnlySpan<Hash256> leaves)
        {
            if (leaves.Length == 1) return leaves[0];
            int split = 1;
            while (2 * split < leaves.Length) split *= 2;
            return Sha3_256.Hash([1, .. Recurse(leaves[..split]).AsSpan(), .. Recurse(leaves[split..]).AsSpan()]);
        }
    }

    [TestCase(0)]
    [TestCase(1023)]
    [TestCase(1024)]
    [TestCase(9000)]
    public void LeafHash_AnyLength_HashesTheTaggedData(int length)
    {
        byte[] data = new byte[length];
        Array.Fill(data, (byte)0xA5);

        Assert.That(Rfc6962Tree<Sha3_256>.LeafHash(data), Is.EqualTo(Sha3_256.Hash([0, .. data])));
    }

    [Test]
    public void Verify_PublishedCases_AllAgree()
    {
        using JsonDocument document = JsonDocument.Parse(VectorFile.ReadText("merkle/rfc6962_inclusion.json"));
        int accepted = 0;
        int refused = 0;
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            bool isValid = VerifyCase(property.Value);
            Assert.That(isValid, Is.EqualTo(!property.Value.GetProperty("wantErr").GetBoolean()), property.Name);
            if (isValid) accepted++;
            else refused++;
        }

        Assert.That((accepted, refused), Is.EqualTo((6, 92)));
    }

    [Test]
    public void Prove_EveryLeafTo40_VerifiesThereAndNowhereElse()
    {
        for (int count = 1; count <= 40; count++)
        {
            Hash256[] leaves = MerkleTestData.Leaves(count);
            Hash256 root = Rfc6962Tree<Sha3_256>.ComputeRoot(leaves);
            MerkleProofAssertions.ProvesEveryLeafAndNothingElse(
                leaves, root, skipsOdd: true, Rfc6962Tree<Sha3_256>.Prove, Rfc6962Tree<Sha3_256>.Verify);
        }
    }

    [Test]
    public void Prove_EqualLeaves_VerifiesBoth()
    {
        Hash256[] leaves = MerkleTestData.Leaves(4);
        leaves[3] = leaves[2];
        Hash256 root = Rfc6962Tree<Sha3_256>.ComputeRoot(leaves);

        Assert.That(root, Is.Not.EqualTo(Rfc6962Tree<Sha3_256>.ComputeRoot(leaves.AsSpan(0, 3))));
        for (int index = 2; index < 4; index++)
            Assert.That(Rfc6962Tree<Sha3_256>.Verify(root, leaves[index], Rfc6962Tree<Sha3_256>.Prove(leaves, index)), Is.True);
    }

    [Test]
    public void Prove_NoSuchLeaf_Throws()
    {
        Hash256[] leaves = MerkleTestData.Leaves(3);

        Assert.That(() => Rfc6962Tree<Sha3_256>.Prove(leaves, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Rfc6962Tree<Sha3_256>.Prove(leaves, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Rfc6962Tree<Sha3_256>.Prove([], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static bool VerifyCase(JsonElement element)
    {
        byte[] root = Bytes(element.GetProperty("root"));
        byte[] leaf = Bytes(element.GetProperty("leafHash"));
        JsonElement proof = element.GetProperty("proof");
        List<byte[]> path = proof.ValueKind == JsonValueKind.Null ? [] : [.. proof.EnumerateArray().Select(Bytes)];

        // Hashes of another length cannot be expressed with Hash256 at all.
        if (path.Append(root).Append(leaf).Any(bytes => bytes.Length != 32)) return false;
        var claim = new MerkleProof(
            unchecked((long)element.GetProperty("leafIdx").GetUInt64()),
            unchecked((long)element.GetProperty("treeSize").GetUInt64()),
            [.. path.Select(bytes => new Hash256(bytes))]);
        return Rfc6962Tree<Sha256>.Verify(new Hash256(root), new Hash256(leaf), claim);
    }

    private static byte[] Bytes(JsonElement element) =>
        element.ValueKind == JsonValueKind.Null ? [] : Convert.FromBase64String(element.GetString()!);
}
