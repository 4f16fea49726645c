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
        // A topic's name is short, and its length keeps it apart from the content.
        byte[] preimage = new byte[sizeof(int) + Encoding.ASCII.GetByteCount(arrived.Topic) + arrived.Content.Length];
        BinaryPrimitives.WriteInt32BigEndian(preimage, arrived.Topic.Length);
        int name = Encoding.ASCII.GetBytes(arrived.Topic, preimage.AsSpan(sizeof(int)));
        arrived.Content.Span.CopyTo(preimage.AsSpan(sizeof(int) + name));
        Id = Sha3_256.Hash(preimage);
    }

    /// <summary>How many bytes of room a message takes, at most, whose content and block have so many.</summary>
    public static long SizeOf(long content, long block) => content + block + Overhead;

    /// <summary>The message.</summary>
    public NodeInput.MessageArrived Arrived { get; }

    /// <summary>Who sent it.</summary>
    public PeerId From => Arrived.From;

    /// <summary>Names topic and content.</summary>
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
