namespace Coniunctum.Crypto.Secp256k1;

/// <content>Inverses and square roots.</content>
internal partial struct FieldElement
{
    /// <summary>The inverse modulo p of an element of any form, normalized; zero for zero.</summary>
    public static void Invert(in FieldElement a, out FieldElement result)
    {
        FieldElement copy = a;
        copy.Normalize();
        copy.ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        ModularInverse.OfFieldPrime.Invert(ref w0, ref w1, ref w2, ref w3);
        result = new FieldElement(w0, w1, w2, w3);
    }

    /// <summary>
    /// The power (p + 1)/4 of <paramref name="a"/> (magnitude at most 8), which is a square root if there is one: p ≡ 3 mod 4.
    /// </summary>
    /// <param name="a">The element.</param>
    /// <param name="root">The root, of magnitude 1; without meaning when there is none.</param>
    /// <returns>Whether <paramref name="a"/> is a square.</returns>
    public static bool TrySquareRoot(in FieldElement a, out FieldElement root)
    {
        FieldElement value = a;

        // (p + 1)/4 in binary: 223 ones, a zero, 22 ones, four zeros, two ones, two zeros. x_k is a^(2^k − 1).
        Multiply(SquareTimes(value, 1), value, out FieldElement x2);
        Multiply(SquareTimes(x2, 1), value, out FieldElement x3);
        Multiply(SquareTimes(x3, 3), x3, out FieldElement x6);
        Multiply(SquareTimes(x6, 3), x3, out FieldElement x9);
        Multiply(SquareTimes(x9, 2), x2, out FieldElement x11);
        Multiply(SquareTimes(x11, 11), x11, out FieldElement x22);
        Multiply(SquareTimes(x22, 22), x22, out FieldElement x44);
        Multiply(SquareTimes(x44, 44), x44, out FieldElement x88);
        Multiply(SquareTimes(x88, 88), x88, out FieldElement x176);
        Multiply(SquareTimes(x176, 44), x44, out FieldElement x220);
        Multiply(SquareTimes(x220, 3), x3, out FieldElement power);
        Multiply(SquareTimes(power, 23), x22, out power);
        Multiply(SquareTimes(power, 6), x2, out power);
        root = SquareTimes(power, 2);

        Square(root, out FieldElement square);
        return AreEqual(square, value);
    }

    private static FieldElement SquareTimes(in FieldElement a, int times)
    {
        FieldElement power = a;
        for (int i = 0; i < times; i++)
            Square(power, out power);
        return power;
    }
}
