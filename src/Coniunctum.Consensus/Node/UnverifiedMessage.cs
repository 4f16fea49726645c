using System.Buffers.Binary;
using System.Text;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Node;

/// <summary>A message on its way through a <see cref="MessageValidator"/>.</summary>
internal sealed class UnverifiedMessage
{
    // What a message takes beside its bytes.
    private const int Overhead = 512;

    public UnverifiedMessage(NodeInput.MessageArrived arrived)
    {
        Arrived = arrived;
        // What is signed may be about the block. The lengths keep topic, block and content apart.
        ReadOnlySpan<byte> block = arrived.Block is { } beside ? beside.Id.Value.AsSpan() : default;
        byte[] preimage = new byte[(2 * sizeof(int)) + Encoding.ASCII.GetByteCount(arrived.Topic) + block.Length + arrived.Content.Length];
        BinaryPrimitives.WriteInt32BigEndian(preimage, arrived.Topic.Length);
        BinaryPrimitives.WriteInt32BigEndian(preimage.AsSpan(sizeof(int)), block.Length);
        int at = (2 * sizeof(int)) + Encoding.ASCII.GetBytes(arrived.Topic, preimage.AsSpan(2 * sizeof(int)));
        block.CopyTo(preimage.AsSpan(at));
        arrived.Content.Span.CopyTo(preimage.AsSpan(at + block.Length));
        Id = Sha3_256.Hash(preimage);
    }

    /// <summary>How many bytes of room a message takes, at most, whose content and block have so many.</summary>
    public static long SizeOf(long content, long block) => content + block + Overhead;

    /// <summary>The message.</summary>
    public NodeInput.MessageArrived Arrived { get; }

    /// <summary>Who sent it.</summary>
    public PeerId From => Arrived.From;

    /// <summary>Names topic, block and content.</summary>
    public Hash256 Id { get; }

    /// <summary>How many bytes of its source's room it takes.</summary>
    public long Size => SizeOf(Arrived.Content.Length, Arrived.Block?.Encoded.Length ?? 0);

    /// <summary>What it says one thing about; once it was judged good.</summary>
    public TopicKey Key { get; set; }

    /// <summary>The signatures that it depends on; once it was judged good.</summary>
    public SealClaims Claims { get; set; } = new();

    /// <summary>Others who sent the same content while it was being verified.</summary>
    public List<PeerId> AlsoFrom { get; } = [];
}
