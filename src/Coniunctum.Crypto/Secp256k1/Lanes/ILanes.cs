namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// A vector of signed 64-bit lanes. Each lane works on a signature of its own, in lockstep with the others and without ever
/// touching them.
/// </summary>
/// <remarks>Implementations are structs around one vector: as a type argument they leave nothing but instructions behind.</remarks>
internal unsafe interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>
    /// Whether there are 32 vector registers and an arithmetic shift of 64-bit lanes, which come together (AVX-512).
    /// </summary>
    static abstract bool HasManyRegisters { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf Broadcast(long value);

    /// <summary>All ones in the lanes that are zero, zero in the others.</summary>
    static abstract TSelf IsZero(TSelf value);

    /// <summary>
    /// Reads two neighbouring words for every lane: those at <paramref name="table"/> + <paramref name="offsets"/>[lane] bytes.
    /// </summary>
    static abstract void LoadPairs(byte* table, long* offsets, out TSelf first, out TSelf second);

    /// <summary>Writes two neighbouring words for every lane, to where <see cref="LoadPairs"/> reads them.</summary>
    static abstract void StorePairs(byte* table, long* offsets, TSelf first, TSelf second);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>The product of the lanes' lower 32 bits as signed numbers; the upper bits are ignored.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator |(TSelf a, TSelf b);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    static abstract TSelf operator <<(TSelf a, int count);

    static abstract TSelf operator >>(TSelf a, int count);

    static abstract TSelf operator >>>(TSelf a, int count);
}
