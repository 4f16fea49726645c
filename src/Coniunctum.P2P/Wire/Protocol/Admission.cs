namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>What is to become of a message.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Fault">Why, when the verdict is <see cref="AdmissionVerdict.Refuse"/>.</param>
/// <param name="MaxBytes">How long the message may be, also when it is passed over.</param>
internal readonly record struct Admission(AdmissionVerdict Verdict, ProtocolFault Fault, int MaxBytes)
{
    public static Admission Take(int maxBytes) => new(AdmissionVerdict.Take, ProtocolFault.None, maxBytes);

    public static Admission PassOver(int maxBytes) => new(AdmissionVerdict.PassOver, ProtocolFault.None, maxBytes);

    public static Admission Refuse(ProtocolFault fault) => new(AdmissionVerdict.Refuse, fault, 0);
}
