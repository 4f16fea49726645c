using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.P2P.Identity;

/// <summary>
/// The key by which other nodes know this one: a secp256k1 key of its own, never one that owns money or signs blocks. Its bytes
/// are wiped by <see cref="Dispose"/>. Safe to use from several threads.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<NodeKey>))]
public sealed class NodeKey : IDisposable
{
    internal const int SignatureSize = 65;

    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();

    private readonly PrivateKey _key;

    internal NodeKey(PrivateKey key)
    {
        _key = key;
        PublicKey = key.PublicKey;
        Id = NodeId.Of(PublicKey);
    }

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The node's id.</summary>
    public NodeId Id { get; }

    /// <summary>Makes a new random key, which lives as long as the object: <see cref="NodeKeyFile"/> keeps one in a file.</summary>
    /// <param name="entropy">Where the key's 32 random bytes come from; all who know them know the key.</param>
    public static NodeKey Generate(IEntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        return new NodeKey(PrivateKey.Generate(entropy));
    }

    /// <summary>Wipes the key. Later uses throw; disposing again does nothing.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Returns the type's name and the id, nothing of the secret.</summary>
    public override string ToString() => $"{nameof(NodeKey)} {Id}";

    internal static bool IsSignedBy(in PublicKey key, in Hash256 digest, ReadOnlySpan<byte> signature) =>
        s_scheme.Recover(digest, signature, out Address signer) == SignatureOutcome.Valid && signer == s_scheme.AddressOf(key);

    internal void Sign(in Hash256 digest, Span<byte> signature) => s_scheme.Sign(_key, digest, signature);

    internal void CopyTo(Span<byte> secret) => _key.CopyTo(secret);
}
