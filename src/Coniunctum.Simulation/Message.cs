namespace Coniunctum.Simulation;

/// <summary>What one node sends to another: bytes, and how they are to be read.</summary>
/// <param name="Kind">How the content is to be read.</param>
/// <param name="Topic">What a message of the producer is about; empty otherwise.</param>
/// <param name="Content">The bytes.</param>
/// <param name="Block">The encoding of the block beside a message of the producer, which its content names; empty otherwise.</param>
internal readonly record struct Message(MessageKind Kind, string Topic, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Block = default)
{
    public string Subject => Kind == MessageKind.Message ? Topic : Kind.ToString();
}

/// <summary>How a message's content is to be read.</summary>
internal enum MessageKind
{
    None = 0,
    Block,
    Transaction,
    BlockRequest,
    Message,
}
