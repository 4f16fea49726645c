namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>What is to become of a message.</summary>
internal enum AdmissionVerdict
{
    /// <summary>Not judged yet; never a verdict.</summary>
    Unchecked = 0,

    /// <summary>It is read.</summary>
    Take = 1,

    /// <summary>It is skipped: a kind of a newer version, or too late to matter.</summary>
    PassOver = 2,

    /// <summary>It is proof that the other side breaks the protocol.</summary>
    Refuse = 3,
}
