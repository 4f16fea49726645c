namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// In place of secp256k1's numbers those of y² = x³ + 4 over the same field, where 199·G is infinity. All scalars are computed
/// modulo n = 199·q of 256 bits, where q is a prime: what holds modulo n holds modulo 199, so that every number of the small
/// group has representatives of full length, and each of them goes through the same code as a scalar of secp256k1.
/// </summary>
/// <remarks>
/// That n is a₁² − a₁·b₁ + b₁² like secp256k1's, with numbers of the same lengths, and it was searched so that λ = a₁/−b₁ is the
/// factor by which the endomorphism acts on the small group. <see cref="Exhaustive.Tests.SmallGroupTests"/> proves all of it.
/// </remarks>
internal static class Curve
{
    public const uint B = 4;

    public const ulong Order0 = 0xAF23_67AE_1ED1_62A1, Order1 = 0xB707_6439_5A50_A2B7;

    public const ulong A10 = 0x176E_32B5_50FD_2BD0, A11 = 0x2E3B_DF93_9160_1506;

    public const ulong A20 = 0x47BD_6367_6147_8077, A21 = 0x13F7_6258_9DBD_A969;

    public const ulong MinusB10 = 0x304F_30B2_104A_54A7, MinusB11 = 0xE5BB_82C5_0C5D_9463;

    // Sixteen odd multiples, up to 31·G: secp256k1's table of 1,024 would come to 199·G, infinity.
    public const int GeneratorDigitWidth = 6;

    public static AffinePoint Generator => new()
    {
        X = new FieldElement(0x7C94_E119_4300_0FAE, 0x29FE_EF62_1CAE_CD46, 0x6BFC_70A0_B311_5A46, 0x003B_7A44_6E05_1D99),
        Y = new FieldElement(0x14A5_D6E5_A926_68CE, 0x9C37_3C9B_6539_9AB5, 0xFED7_BCD1_A73F_ED15, 0xFC7B_1B0A_78A3_0AB4),
    };

    public static FieldElement Beta =>
        new(0xC139_6C28_7195_01EE, 0x9CF0_4975_12F5_8995, 0x6E64_479E_AC34_34E9, 0x7AE9_6A2B_657C_0710);

    public static Scalar LambdaSquared =>
        new(0x01BB_6B37_DA5B_A27C, 0x486C_C445_C268_F9ED, 0x94E5_20F7_3629_6FB5, 0x2349_8516_A11E_9766);

    public static Scalar B2OverOrder =>
        new(0x8B34_2EFF_F4E2_5CBD, 0x3B69_9C97_C9D1_780C, 0x176E_32B5_50FD_2BD0, 0x2E3B_DF93_9160_1506);

    public static Scalar MinusB1OverOrder =>
        new(0x78AF_C64B_3D86_345B, 0x2737_58FD_F29F_8DD8, 0x304F_30B2_104A_54A8, 0xE5BB_82C5_0C5D_9463);
}
