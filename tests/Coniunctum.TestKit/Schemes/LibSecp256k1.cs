using System.Runtime.InteropServices;

namespace Coniunctum.TestKit.Schemes;

/// <summary>
/// The C library, as the package Secp256k1.Net brings it, called directly: the package's own methods copy and check more than
/// a race should count. The functions are those of include/secp256k1.h from version 0.2 on.
/// </summary>
internal sealed unsafe partial class LibSecp256k1
{
    private const string Library = "secp256k1";
    private const uint SignAndVerify = 0x0301;

    private readonly nint _context = secp256k1_context_create(SignAndVerify);

    /// <summary>Signs recoverably: 64 bytes r‖s and the recovery id.</summary>
    public bool Sign(byte* digest, byte* key, byte* signature65)
    {
        byte* opaque = stackalloc byte[65];
        int recoveryId;
        if (secp256k1_ecdsa_sign_recoverable(_context, opaque, digest, key, 0, 0) != 1) return false;
        int done = secp256k1_ecdsa_recoverable_signature_serialize_compact(_context, signature65, &recoveryId, opaque);
        signature65[64] = (byte)recoveryId;
        return done == 1;
    }

    /// <summary>Recovers a key and writes its 65 bytes 04‖X‖Y.</summary>
    public bool Recover(byte* digest, byte* signature65, byte* key65)
    {
        byte* opaque = stackalloc byte[65];
        byte* key = stackalloc byte[64];
        nuint length = 65;
        return secp256k1_ecdsa_recoverable_signature_parse_compact(_context, opaque, signature65, signature65[64]) == 1
            && secp256k1_ecdsa_recover(_context, key, opaque, digest) == 1
            && secp256k1_ec_pubkey_serialize(_context, key65, &length, key, 2) == 1;
    }

    /// <summary>Parses a key of 65 bytes for <see cref="Verify"/>, into 64 opaque bytes.</summary>
    public bool ParseKey(byte* key65, byte* key) => secp256k1_ec_pubkey_parse(_context, key, key65, 65) == 1;

    /// <summary>Verifies 64 bytes r‖s.</summary>
    public bool Verify(byte* digest, byte* signature64, byte* key)
    {
        byte* opaque = stackalloc byte[64];
        return secp256k1_ecdsa_signature_parse_compact(_context, opaque, signature64) == 1
            && secp256k1_ecdsa_verify(_context, opaque, digest, key) == 1;
    }

    /// <summary>Makes a pair of keys for <see cref="SignSchnorr"/>: 96 opaque bytes.</summary>
    public bool MakeKeyPair(byte* key, byte* pair) => secp256k1_keypair_create(_context, pair, key) == 1;

    /// <summary>Signs by BIP-340 without auxiliary randomness: 64 bytes.</summary>
    public bool SignSchnorr(byte* digest, byte* pair, byte* signature64) =>
        secp256k1_schnorrsig_sign(_context, signature64, digest, pair, null) == 1;

    /// <summary>Verifies 64 bytes under the key with this x coordinate.</summary>
    public bool VerifySchnorr(byte* digest, byte* signature64, byte* x)
    {
        byte* key = stackalloc byte[64];
        return secp256k1_xonly_pubkey_parse(_context, key, x) == 1 && secp256k1_schnorrsig_verify(_context, signature64, digest, 32, key) == 1;
    }

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_keypair_create(nint context, byte* pair, byte* key);

    [LibraryImport(Library)]
    private static partial int secp256k1_schnorrsig_sign(nint context, byte* signature, byte* digest, byte* pair, byte* auxiliary);

    [LibraryImport(Library)]
    private static partial int secp256k1_schnorrsig_verify(nint context, byte* signature, byte* message, nuint length, byte* key);

    [LibraryImport(Library)]
    private static partial int secp256k1_xonly_pubkey_parse(nint context, byte* key, byte* input);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_parse(nint context, byte* key, byte* input, nuint length);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* key, uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_sign_recoverable(nint context, byte* signature, byte* digest, byte* key, nint nonceFunction, nint data);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(nint context, byte* output, int* recoveryId, byte* signature);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(nint context, byte* signature, byte* input, int recoveryId);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recover(nint context, byte* key, byte* signature, byte* digest);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_signature_parse_compact(nint context, byte* signature, byte* input);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_verify(nint context, byte* signature, byte* digest, byte* key);
}
