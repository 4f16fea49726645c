using System.Buffers.Binary;

namespace Cats;

/// <summary>What a cat's token carries: 32 bytes of genes, and the numbers of its parents, which are 0 for founders.</summary>
public sealed record Cat(Hash256 Genes, ulong Mother, ulong Father)
{
    private static readonly string[] s_coats = ["white", "black", "ginger", "grey", "tabby", "tortoiseshell", "cream", "blue"];
    private static readonly string[] s_eyes = ["green", "amber", "blue", "copper"];
    private static readonly string[] s_tempers = ["shy", "bold", "sleepy", "curious", "greedy"];
    public string Looks => $"{s_coats[Gene(0) % s_coats.Length]}, {s_eyes[Gene(1) % s_eyes.Length]} eyes, {s_tempers[Gene(2) % s_tempers.Length]}";

    /// <summary>The token of the cat of a number.</summary>
    public static Hash256 TokenOf(ulong number)
    {
        Span<byte> token = stackalloc byte[Hash256.Size];
        token.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(token[^sizeof(ulong)..], number);
        return new Hash256(token);
    }

    public static Cat Founder(ulong number) => new(Sha3_256.Hash([.. "founder"u8, .. TokenOf(number).AsSpan()]), 0, 0);

    /// <summary>A kitten: each gene is one parent's, as the lot says; one in sixteen is the lot's own.</summary>
    public static Cat Kitten(ulong mother, Cat mothers, ulong father, Cat fathers, Hash256 lot)
    {
        Hash256 choices = Sha3_256.Hash(lot.AsSpan());
        byte[] genes = new byte[Hash256.Size];
        for (int i = 0; i < genes.Length; i++)
        {
            int choice = choices.AsSpan()[i] & 15;
            genes[i] = choice == 15 ? lot.AsSpan()[i] : choice % 2 == 0 ? mothers.Genes.AsSpan()[i] : fathers.Genes.AsSpan()[i];
        }

        return new Cat(new Hash256(genes), mother, father);
    }

    public static Cat Of(UniqueToken token)
    {
        var reader = new CanonicalReader(token.Data);
        reader.ReadArrayHeader(3);
        (ulong mother, ulong father) = (reader.ReadUInt64(), reader.ReadUInt64());
        return new Cat(reader.ReadHash256(), mother, father);
    }

    public byte[] ToData() => CatGame.Encode([Mother, Father], Genes);
    private int Gene(int index) => Genes.AsSpan()[index];
}
