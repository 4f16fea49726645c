namespace Coniunctum.Wallet;

/// <summary>The versions of extended keys that wallets write beside xprv and xpub (SLIP-132), for messages. None of them is read.</summary>
internal static class ExtendedKeyVersions
{
    /// <summary>Returns what a version is, or <c>null</c>.</summary>
    public static string? NameOf(uint version) => version switch
    {
        0x049D_7878 => "yprv, a private key for Bitcoin's addresses of nested witnesses (P2WPKH in P2SH)",
        0x049D_7CB2 => "ypub, a public key for Bitcoin's addresses of nested witnesses (P2WPKH in P2SH)",
        0x04B2_430C => "zprv, a private key for Bitcoin's addresses of witnesses (P2WPKH)",
        0x04B2_4746 => "zpub, a public key for Bitcoin's addresses of witnesses (P2WPKH)",
        0x0295_B005 => "Yprv, a private key for Bitcoin's addresses of several signers (P2WSH in P2SH)",
        0x0295_B43F => "Ypub, a public key for Bitcoin's addresses of several signers (P2WSH in P2SH)",
        0x02AA_7A99 => "Zprv, a private key for Bitcoin's addresses of several signers (P2WSH)",
        0x02AA_7ED3 => "Zpub, a public key for Bitcoin's addresses of several signers (P2WSH)",
        0x0435_8394 => "tprv, a private key for Bitcoin's test network",
        0x0435_87CF => "tpub, a public key for Bitcoin's test network",
        0x044A_4E28 => "uprv, a private key for Bitcoin's test network (P2WPKH in P2SH)",
        0x044A_5262 => "upub, a public key for Bitcoin's test network (P2WPKH in P2SH)",
        0x045F_18BC => "vprv, a private key for Bitcoin's test network (P2WPKH)",
        0x045F_1CF6 => "vpub, a public key for Bitcoin's test network (P2WPKH)",
        0x0242_85B5 => "Uprv, a private key for Bitcoin's test network (P2WSH in P2SH)",
        0x0242_89EF => "Upub, a public key for Bitcoin's test network (P2WSH in P2SH)",
        0x0257_5048 => "Vprv, a private key for Bitcoin's test network (P2WSH)",
        0x0257_5483 => "Vpub, a public key for Bitcoin's test network (P2WSH)",
        0x019D_9CFE => "Ltpv, a private key for Litecoin",
        0x019D_A462 => "Ltub, a public key for Litecoin",
        0x01B2_6792 => "Mtpv, a private key for Litecoin (P2WPKH in P2SH)",
        0x01B2_6EF6 => "Mtub, a public key for Litecoin (P2WPKH in P2SH)",
        0x02FA_C398 => "dgpv, a private key for Dogecoin",
        0x02FA_CAFD => "dgub, a public key for Dogecoin",
        _ => null,
    };
}
