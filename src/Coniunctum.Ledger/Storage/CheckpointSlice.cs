namespace Coniunctum.Ledger.Storage;

/// <summary>
/// A piece of a checkpoint: the state at one block, written bit by bit between commits. The first slice of a checkpoint
/// discards one that was left unfinished; the last one makes it the newest, and older ones are deleted.
/// </summary>
/// <param name="Block">The block after which this is the state; it is part of the best chain.</param>
/// <param name="Height">Its height.</param>
/// <param name="Index">The slice's place, from 0.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsLast">Whether the checkpoint is whole now.</param>
public sealed record CheckpointSlice(BlockId Block, ulong Height, int Index, ReadOnlyMemory<byte> Content, bool IsLast);
