using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Internal;

/// <summary>
/// A whole state as a sequence of slices. They are made one by one, when they are asked for, so that whoever writes them may
/// do other things between; each takes a millisecond or so.
/// </summary>
/// <remarks>
/// A slice is the canonical array [index, kind, content]. The first one is the head, then come accounts, applications'
/// entries and tags, and at last the checksum over all that was before. Interior nodes of the state tree are not among them:
/// to hash them again is quicker than to read them. The head holds the ledger's tag key: a checkpoint is for its own node,
/// and for whoever its owner trusts.
/// </remarks>
public static class StateCheckpoint
{
    /// <summary>No slice is longer, in bytes: 256 KiB.</summary>
    public const int MaxSliceBytes = 256 * 1024;

    /// <summary>Returns the slices of a state, each made when the enumeration reaches it.</summary>
    /// <param name="snapshot">The state.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(StateSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new CheckpointWriter(snapshot).Slices();
    }

    /// <summary>Reads a state, in time linear in its size.</summary>
    /// <param name="slices">What <see cref="Write"/> returned, or any other bytes; not used afterwards.</param>
    /// <param name="traits">What the chain's format carries.</param>
    /// <param name="stateRoot">The state root of the block after which this should be the state; zero where the format has none.</param>
    /// <param name="state">The state, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault: then accounts and entries are those of the root, and all else is as it was written.</returns>
    public static CheckpointOutcome Read(
        IEnumerable<ReadOnlyMemory<byte>> slices, FormatTraits traits, Hash256 stateRoot, out LedgerState? state)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(traits);
        var reader = new CheckpointReader(traits, stateRoot);
        foreach (ReadOnlyMemory<byte> slice in slices)
        {
            CheckpointOutcome outcome = reader.Take(slice);
            if (outcome.Fault == CheckpointFault.Unchecked) continue;
            state = null;
            return outcome;
        }

        return reader.Finish(out state);
    }
}
