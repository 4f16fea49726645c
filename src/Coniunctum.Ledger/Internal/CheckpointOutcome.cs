using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Internal;

/// <summary>What is wrong with a sequence of checkpoint slices, if anything. The default value is no success.</summary>
/// <param name="Fault">What was found.</param>
/// <param name="Slice">The slice in which it was found, counted from 0.</param>
/// <param name="Encoding">Where the slice's bytes are wrong, if they are no slice.</param>
[JsonConverter(typeof(NoJsonConverter<CheckpointOutcome>))]
public readonly record struct CheckpointOutcome(CheckpointFault Fault, long Slice, DecodeOutcome Encoding = default)
{
    /// <summary>Whether the checkpoint was read wholly and nothing is wrong with it.</summary>
    public bool IsValid => Fault == CheckpointFault.None;

    /// <summary>One line that says what is wrong and where.</summary>
    public string Message => Fault switch
    {
        CheckpointFault.Unchecked => "The checkpoint was not read to its end.",
        CheckpointFault.None => "No fault.",
        CheckpointFault.NoSlice => Invariant($"Slice {Slice} is no slice of a checkpoint: {Encoding}"),
        CheckpointFault.OutOfOrder => Invariant($"Slice {Slice} is not the one that comes next."),
        CheckpointFault.Incomplete => Invariant($"The checkpoint ends before slice {Slice}."),
        CheckpointFault.OtherFormat => "The checkpoint belongs to another format.",
        CheckpointFault.OtherState => "The checkpoint is not that of the expected state root.",
        CheckpointFault.Inconsistent => Invariant($"Slice {Slice} contradicts what was read before."),
        CheckpointFault.ChecksumWrong => "The slices are not those that were written: their checksum differs.",
        CheckpointFault.RootWrong => "The accounts and entries do not have the state root that the checkpoint names.",
        _ => Fault.ToString(),
    };

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
