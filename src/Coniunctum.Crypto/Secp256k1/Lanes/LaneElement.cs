using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// A number modulo p = 2²⁵⁶ − 2³² − 977 in every lane, in nine signed limbs of 29 bits: Σ Lᵢ·2²⁹ⁱ.
/// </summary>
/// <remarks>
/// <para>
/// Why 29: nine limbs are the fewest whose columns of products fit into 63 bits. Why signed: differences need neither a
/// multiple of p nor a carry.
/// </para>
/// <para>
/// Magnitudes count in units of 2²⁹ for L0…L7 and 2²⁴ for L8, whatever the sign. A product is <i>reduced</i>: L2…L8 lie in
/// [0, 1) units, L0 and L1 may stick out on either side by less than 1/16. Sums and differences of elements add magnitudes,
/// except that the difference of two reduced ones, being a difference of numbers in [0, 1), keeps magnitude 1.
/// <see cref="LaneField{TLanes}"/> states what it takes.
/// </para>
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct LaneElement<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    public TLanes L0;
    public TLanes L1;
    public TLanes L2;
    public TLanes L3;
    public TLanes L4;
    public TLanes L5;
    public TLanes L6;
    public TLanes L7;
    public TLanes L8;
}
