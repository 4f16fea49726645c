namespace Coniunctum.P2P.Wire.Frames;

/// <summary>How frames break the protocol. Each is proven: every honest receiver of the same bytes finds it.</summary>
internal enum FrameFault
{
    /// <summary>No fault.</summary>
    None = 0,

    /// <summary>A frame of no bytes, or of more than 16,378.</summary>
    Length = 1,

    /// <summary>A message goes on under another channel or kind than it began with.</summary>
    Interrupted = 2,

    /// <summary>A frame that is followed by more of its message is not full.</summary>
    NotFull = 3,

    /// <summary>A kind of no class.</summary>
    NoClass = 4,

    /// <summary>A message is longer than its kind may be in this state.</summary>
    TooLong = 5,

    /// <summary>The message may not come at all; the conversation says why.</summary>
    NotAdmitted = 6,
}
