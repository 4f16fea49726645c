using System.Text.Json.Serialization;
using Coniunctum.Crypto.Conversion;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.State;

/// <summary>What is wrong with a sequence of checkpoint slices, if anything. The default value is no success.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Slice">The slice in which it was found, counted from 0.</param>
/// <param name="Encoding">Where the slice's bytes are wrong, if they are no slice.</param>
[JsonConverter(typeof(NoJsonConverter<CheckpointFault>))]
public readonly record struct CheckpointFault(CheckpointFaultKind Kind, long Slice, DecodeFault Encoding = default)
{
    /// <summary>Whether the checkpoint was read wholly and nothing is wrong with it.</summary>
    public bool IsNone => Kind == CheckpointFaultKind.None;

    /// <summary>Returns one line that says what is wrong and where.</summary>
    public override string ToString() => Kind switch
    {
        CheckpointFaultKind.Unchecked => "The checkpoint was not read to its end.",
        CheckpointFaultKind.None => "No fault.",
        CheckpointFaultKind.NoSlice => $"Slice {Slice} is no slice of a checkpoint: {Encoding}",
        CheckpointFaultKind.OutOfOrder => $"Slice {Slice} is not the one that comes next.",
        CheckpointFaultKind.Incomplete => $"The checkpoint ends before slice {Slice}.",
        CheckpointFaultKind.OtherFormat => "The checkpoint belongs to another format.",
        CheckpointFaultKind.OtherState => "The checkpoint is not that of the expected state root.",
        CheckpointFaultKind.Inconsistent => $"Slice {Slice} contradicts what was read before.",
        CheckpointFaultKind.ChecksumWrong => "The slices are not those that were written: their checksum differs.",
        CheckpointFaultKind.RootWrong => "The accounts and entries do not have the state root that the checkpoint names.",
        _ => Kind.ToString(),
    };
}
