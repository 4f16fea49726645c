using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>ECDSA over secp256k1 (SEC 1, §4.1) on digests of 256 bits.</summary>
[SkipLocalsInit]
internal static class Ecdsa
{
    /// <summary>Signs with the nonce of RFC 6979; s comes out in the lower half.</summary>
    /// <param name="privateKey">The private key, not zero.</param>
    /// <param name="digest">The digest as a number modulo n.</param>
    /// <param name="r">The x coordinate of the nonce's point R modulo n.</param>
    /// <param name="s">At most (n − 1)/2.</param>
    /// <param name="recoveryId">Bit 0: R's y is odd; bit 1: R's x is n or more. R is the one that belongs to the low s.</param>
    public static void Sign(in Scalar privateKey, in Scalar digest, out Scalar r, out Scalar s, out byte recoveryId)
    {
        Span<byte> memory = stackalloc byte[DeterministicNonces.MemorySize];
        using var nonces = new DeterministicNonces(privateKey, digest, memory);
        bool done;
        do
        {
            // A second round (r or s zero) has a chance of 2⁻²⁵⁵ and tells nothing.
            nonces.Next(out Scalar nonce);
            done = TrySign(privateKey, digest, nonce, out r, out s, out recoveryId);
            Secret.Wipe(ref nonce);
        }
        while (!done);
    }

    /// <summary>Signs with a given nonce; false when r or s would be zero.</summary>
    public static bool TrySign(
        in Scalar privateKey, in Scalar digest, in Scalar nonce, out Scalar r, out Scalar s, out byte recoveryId)
    {
        GeneratorMultiplication.Multiply(nonce, out AffinePoint point);
        ReadNoncePoint(point, out r, out recoveryId);
        Scalar.Multiply(r, privateKey, out Scalar sum);
        Scalar.Add(sum, digest, out sum);
        Scalar.Invert(nonce, out Scalar inverse);
        Scalar.Multiply(sum, inverse, out s);
        ulong high = s.IsHigh();
        Scalar.NegateWhere(0 - high, s, out s);
        recoveryId ^= (byte)high;
        Secret.Wipe(ref sum);
        Secret.Wipe(ref inverse);
        return !r.IsZero && !s.IsZero;
    }

    /// <summary>Computes r and the recovery id from the nonce's point R.</summary>
    /// <remarks>
    /// Apart from <see cref="TrySign"/>, because no nonce is known whose point has an x of n or more: tests choose the point.
    /// </remarks>
    /// <param name="point">The point R, its coordinates normalized.</param>
    /// <param name="r">Its x coordinate modulo n.</param>
    /// <param name="recoveryId">Bit 0: its y is odd; bit 1: its x is n or more.</param>
    public static void ReadNoncePoint(in AffinePoint point, out Scalar r, out byte recoveryId)
    {
        Span<byte> x = stackalloc byte[FieldElement.Size];
        point.X.Write(x);
        bool wrapped = !Scalar.TryRead(x, out r);
        recoveryId = (byte)((wrapped ? 2 : 0) | (point.Y.IsOdd ? 1 : 0));
    }

    /// <summary>Whether a signature is valid under a key. A high s is accepted here: refusing it is a rule of the scheme.</summary>
    /// <param name="publicKey">A point of the curve.</param>
    /// <param name="digest">The digest as a number modulo n.</param>
    /// <param name="r">Any number below n.</param>
    /// <param name="s">Any number below n.</param>
    public static bool Verify_Vartime(in AffinePoint publicKey, in Scalar digest, in Scalar r, in Scalar s)
    {
        if (r.IsZero || s.IsZero) return false;
        Scalar.Invert(s, out Scalar inverse);
        Scalar.Multiply(digest, inverse, out Scalar u1);
        Scalar.Multiply(r, inverse, out Scalar u2);
        DoubleMultiplication.Compute_Vartime(u1, u2, publicKey, out JacobianPoint point);

        // The point's x is r modulo n: it is r, or r + n where that is below p.
        r.ToField(out FieldElement x);
        return point.HasX_Vartime(x) || (r.TryToFieldPlusOrder_Vartime(out x) && point.HasX_Vartime(x));
    }

    /// <summary>Finds the x coordinate of the point R that a signature names.</summary>
    /// <returns>Whether there is such a field element.</returns>
    public static bool TryFindNonceX_Vartime(in Scalar r, byte recoveryId, out FieldElement x)
    {
        if ((recoveryId & 2) != 0) return r.TryToFieldPlusOrder_Vartime(out x);
        r.ToField(out x);
        return true;
    }

    /// <summary>Computes the factors in r⁻¹·(s·R − digest·G) = a·G + b·R, the public key under which a signature is valid.</summary>
    public static void FindKeyFactors(in Scalar digest, in Scalar inverseOfR, in Scalar s, out Scalar a, out Scalar b)
    {
        Scalar.Multiply(digest, inverseOfR, out a);
        Scalar.Negate(a, out a);
        Scalar.Multiply(s, inverseOfR, out b);
    }
}
