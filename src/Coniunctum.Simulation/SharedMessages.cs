using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Execution;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Wire;

namespace Coniunctum.Simulation;

/// <summary>
/// Decodes and hashes what a ledger encodes once for all nodes of a world that have the same profile: what the bytes are does not depend
/// on who receives them. One answer in 256 that was there already is worked out again and compared.
/// </summary>
internal sealed class SharedMessages(ChainProfile profile)
{
    private readonly MessageDecoder _decoder = new(profile, GenesisBlock.Create(profile).Block.Id);
    private readonly SharedAnswers<Key, SharedMessage> _answers = new(32L << 20, static (one, other) => one.IsSame(other));

    /// <summary>The largest messages of the ledger.</summary>
    public WireLimits Limits => _decoder.Limits;

    /// <summary>Reads a message.</summary>
    /// <exception cref="DivergenceException">The same bytes were something else before.</exception>
    public SharedMessage Read(MessageKind kind, ReadOnlyMemory<byte> bytes, WireLimits limits) =>
        kind is MessageKind.Headers or MessageKind.Announce or MessageKind.Sides or MessageKind.Block or MessageKind.Transactions or MessageKind.Submit
            ? _answers.Find(new Key(kind, bytes), bytes.Length, () => Decode(kind, bytes, limits))
            : Decode(kind, bytes, limits);

    private SharedMessage Decode(MessageKind kind, ReadOnlyMemory<byte> bytes, WireLimits limits)
    {
        DecodeOutcome outcome = MessageCodec.Decode(kind, bytes, limits, out WireMessage? message);
        PeerInput? decoded = message is null ? null : _decoder.Decode(default, message, bytes.Length);
        return new SharedMessage(message, outcome, decoded);
    }

    private readonly record struct Key(MessageKind Kind, ReadOnlyMemory<byte> Bytes)
    {
        public bool Equals(Key other) => Kind == other.Kind && Bytes.Span.SequenceEqual(other.Bytes.Span);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Kind);
            hash.AddBytes(Bytes.Span);
            return hash.ToHashCode();
        }
    }
}
