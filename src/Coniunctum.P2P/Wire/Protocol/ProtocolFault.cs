namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>How a message breaks the protocol, whatever it says. Each is proven: it cannot be a matter of timing.</summary>
internal enum ProtocolFault
{
    /// <summary>No fault.</summary>
    None = 0,

    /// <summary>Something else than Hello or Bye comes first.</summary>
    BeforeHello = 1,

    /// <summary>A second Hello.</summary>
    SecondHello = 2,

    /// <summary>Something comes behind Bye.</summary>
    AfterBye = 3,

    /// <summary>A kind that the sender's version does not have.</summary>
    UnknownKind = 4,

    /// <summary>A channel above 64.</summary>
    NoChannel = 5,

    /// <summary>A ledger's message on channel 0, or a connection's on another one.</summary>
    WrongChannel = 6,

    /// <summary>A ledger's message although not both sides have opened it.</summary>
    NotOpen = 7,

    /// <summary>A channel or a chain is opened that is open.</summary>
    OpenAlready = 8,

    /// <summary>A ledger is shut that neither side has opened.</summary>
    NothingToShut = 9,

    /// <summary>A side shuts a ledger twice.</summary>
    ShutAlready = 10,

    /// <summary>An answer to nothing that was asked.</summary>
    Unasked = 11,

    /// <summary>More is asked for than may be outstanding.</summary>
    TooMuchAsked = 12,

    /// <summary>What may be asked once is asked again.</summary>
    AskedAgain = 13,

    /// <summary>An answer of another size than its question.</summary>
    WrongCount = 14,
}
