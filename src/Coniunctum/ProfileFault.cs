namespace Coniunctum;

/// <summary>What was found when a profile, or an invitation with one, was read.</summary>
public enum ProfileFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>The text is no profile, or was damaged on its way.</summary>
    Malformed = 2,

    /// <summary>The profile names a rule, an application or a format that this program does not have.</summary>
    Unknown = 3,

    /// <summary>No chain can exist under such parameters.</summary>
    Impossible = 4,

    /// <summary>What the text says of the chain makes another chain than the one that it names.</summary>
    OtherChain = 5,

    /// <summary>There is no profile where one was looked for: <see cref="StoredProfile"/>.</summary>
    Missing = 6,
}
