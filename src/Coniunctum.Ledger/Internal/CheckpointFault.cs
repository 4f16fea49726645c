namespace Coniunctum.Ledger.Internal;

/// <summary>In which way a sequence of slices fails to be a checkpoint.</summary>
public enum CheckpointFault
{
    /// <summary>Not known yet: never a success.</summary>
    Unchecked = 0,

    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A slice's bytes are not the canonical encoding of one.</summary>
    NoSlice,

    /// <summary>A slice stands where another one is due, or behind the last one.</summary>
    OutOfOrder,

    /// <summary>The sequence ends before the last slice.</summary>
    Incomplete,

    /// <summary>The checkpoint was written for a format with other traits.</summary>
    OtherFormat,

    /// <summary>The checkpoint is of another state than the one that is asked for.</summary>
    OtherState,

    /// <summary>A slice contradicts an earlier one: an order, a count or a sum is wrong.</summary>
    Inconsistent,

    /// <summary>The slices were changed after they had been written.</summary>
    ChecksumWrong,

    /// <summary>What was read does not hash to the state root.</summary>
    RootWrong,
}
