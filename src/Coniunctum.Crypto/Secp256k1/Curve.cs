namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// The numbers that tell secp256k1 from other curves y² = x³ + b over the same field with an order of the same form (SEC 2,
/// §2.4.1). No other file knows them: the exhaustive tests compile those files with the numbers of a group of 199 points.
/// </summary>
internal static class Curve
{
    /// <summary>The constant b.</summary>
    public const uint B = 7;

    /// <summary>The lower half of n, the generator's order; the upper half is 2¹²⁸ − 2.</summary>
    public const ulong Order0 = 0xBFD2_5E8C_D036_4141, Order1 = 0xBAAE_DCE6_AF48_A03B;

    // The lattice of all (i, j) with i + j·λ ≡ 0 modulo n has the short basis (a₁, b₁), (a₂, b₂), and b₂ = a₁.

    /// <summary>a₁, which is b₂ too.</summary>
    public const ulong A10 = 0xE86C_90E4_9284_EB15, A11 = 0x3086_D221_A7D4_6BCD;

    /// <summary>a₂ − 2¹²⁸.</summary>
    public const ulong A20 = 0x57C1_108D_9D44_CFD8, A21 = 0x14CA_50F7_A8E2_F3F6;

    /// <summary>−b₁.</summary>
    public const ulong MinusB10 = 0x6F54_7FA9_0ABF_E4C3, MinusB11 = 0xE443_7ED6_010E_8828;

    /// <summary>The width of the digits of public factors of the generator; the odd numbers below 2^(width − 1) are less than its order.</summary>
    public const int GeneratorDigitWidth = 12;

    /// <summary>The generator G.</summary>
    public static AffinePoint Generator => new()
    {
        X = new FieldElement(0x59F2_815B_16F8_1798, 0x029B_FCDB_2DCE_28D9, 0x55A0_6295_CE87_0B07, 0x79BE_667E_F9DC_BBAC),
        Y = new FieldElement(0x9C47_D08F_FB10_D4B8, 0xFD17_B448_A685_5419, 0x5DA4_FBFC_0E11_08A8, 0x483A_DA77_26A3_C465),
    };

    /// <summary>β, the cube root of 1 for which (β·x, y) = λ·(x, y).</summary>
    public static FieldElement Beta =>
        new(0xC139_6C28_7195_01EE, 0x9CF0_4975_12F5_8995, 0x6E64_479E_AC34_34E9, 0x7AE9_6A2B_657C_0710);

    /// <summary>λ², which is −1 − λ modulo n.</summary>
    public static Scalar LambdaSquared =>
        new(0xE0CF_C810_B512_83CE, 0xA880_B9FC_8EC7_39C2, 0x5AD9_E3FD_77ED_9BA4, 0xAC9C_52B3_3FA3_CF1F);

    /// <summary>2³⁸⁴·b₂/n, rounded.</summary>
    public static Scalar B2OverOrder =>
        new(0xE893_209A_45DB_B031, 0x3DAA_8A14_71E8_CA7F, 0xE86C_90E4_9284_EB15, 0x3086_D221_A7D4_6BCD);

    /// <summary>−2³⁸⁴·b₁/n, rounded.</summary>
    public static Scalar MinusB1OverOrder =>
        new(0x1571_B4AE_8AC4_7F71, 0x2212_08AC_9DF5_06C6, 0x6F54_7FA9_0ABF_E4C4, 0xE443_7ED6_010E_8828);
}
