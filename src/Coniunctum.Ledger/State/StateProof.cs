using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.State;

/// <summary>
/// A proof of what stands, or that nothing stands, under one key of the state tree. Whoever knows a block's state root checks
/// it without a store. Immutable.
/// </summary>
/// <remarks>
/// The path from the root ends in the key's own leaf, which proves its value; in an empty subtree; or in another leaf, which
/// stands where the key's would have to stand. The last two prove absence. Encoded: [siblings, end], siblings being one
/// string of 32 bytes for each level from the root downwards, and end [value], nil, or [other key, hash of its value].
/// </remarks>
[JsonConverter(typeof(NoJsonConverter<StateProof>))]
public sealed class StateProof
{
    private const int MaxDepth = 8 * Hash256.Size;
    private const int NodeBytes = 1 + (2 * Hash256.Size);

    private readonly ImmutableArray<Hash256> _siblings;
    private readonly Ending _end;

    internal StateProof(ImmutableArray<Hash256> siblings, Ending end)
    {
        _siblings = siblings;
        _end = end;
    }

    /// <summary>Proves an address's balance, or that it has none.</summary>
    /// <param name="state">The state; its format must have a state root.</param>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">The state's format has no state root.</exception>
    public static StateProof OfAccount(LedgerState state, Address address)
    {
        ArgumentNullException.ThrowIfNull(state);
        return StateProver.Prove(state.Tree, state.Traits, StateKeys.OfAccount(address));
    }

    /// <inheritdoc cref="OfAccount(LedgerState, Address)"/>
    public static StateProof OfAccount(StateSnapshot state, Address address)
    {
        ArgumentNullException.ThrowIfNull(state);
        return StateProver.Prove(state.Tree, state.Traits, StateKeys.OfAccount(address));
    }

    /// <summary>Proves the value under a key of an application, or that there is none.</summary>
    /// <param name="state">The state; its format must have a state root.</param>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    /// <exception cref="ArgumentException">The state's format has no state root.</exception>
    public static StateProof OfEntry(LedgerState state, AppId application, ReadOnlySpan<byte> key) =>
        StateProver.Prove(state.Tree, state.Traits, StateKeys.OfApplication(application.Value, key));

    /// <inheritdoc cref="OfEntry(LedgerState, AppId, ReadOnlySpan{byte})"/>
    public static StateProof OfEntry(StateSnapshot state, AppId application, ReadOnlySpan<byte> key) =>
        StateProver.Prove(state.Tree, state.Traits, StateKeys.OfApplication(application.Value, key));

    /// <summary>Checks what a proof says of an address.</summary>
    /// <param name="proof">The proof. It may come from anyone.</param>
    /// <param name="stateRoot">The state root of a block that is trusted.</param>
    /// <param name="address">The address.</param>
    /// <param name="balance">The balance after that block, in base units; 0 unless the outcome is <see cref="ProofOutcome.Present"/>.</param>
    public static ProofOutcome VerifyBalance(StateProof proof, Hash256 stateRoot, Address address, out ulong balance)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ProofOutcome outcome = proof.Verify(stateRoot, StateKeys.OfAccount(address));
        balance = 0;
        if (outcome != ProofOutcome.Present) return outcome;
        if (proof._end.Value.Length != sizeof(ulong)) return ProofOutcome.Invalid;
        balance = BinaryPrimitives.ReadUInt64BigEndian(proof._end.Value.Span);
        return outcome;
    }

    /// <summary>Checks what a proof says of a key of an application.</summary>
    /// <param name="proof">The proof. It may come from anyone.</param>
    /// <param name="stateRoot">The state root of a block that is trusted.</param>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    /// <param name="value">The value after that block; empty unless the outcome is <see cref="ProofOutcome.Present"/>.</param>
    public static ProofOutcome VerifyEntry(
        StateProof proof, Hash256 stateRoot, AppId application, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value)
    {
        ProofOutcome outcome = proof.Verify(stateRoot, StateKeys.OfApplication(application.Value, key));
        value = outcome == ProofOutcome.Present ? proof._end.Value : default;
        return outcome;
    }

    /// <summary>Returns the canonical encoding: about 32 bytes for each halving of the number of entries, and the value.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(2);
        byte[] siblings = new byte[_siblings.Length * Hash256.Size];
        for (int i = 0; i < _siblings.Length; i++) _siblings[i].CopyTo(siblings.AsSpan(i * Hash256.Size));
        writer.WriteFixed(siblings);
        switch (_end.Kind)
        {
            case EndingKind.OwnLeaf:
                writer.WriteArrayHeader(1);
                writer.WriteFixed(_end.Value.Span);
                break;
            case EndingKind.OtherLeaf:
                writer.WriteArrayHeader(2);
                writer.WriteHash256(_end.OtherKey);
                writer.WriteHash256(_end.OtherValueHash);
                break;
            default:
                writer.WriteNil();
                break;
        }

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a proof from untrusted bytes.</summary>
    /// <param name="encoded">The bytes; the proof keeps slices of them.</param>
    /// <param name="limits">The chain's limits: no value is longer.</param>
    /// <param name="proof">The proof, or <c>null</c>. It still has to be verified.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, LedgerLimits limits, out StateProof? proof)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(2);
        ReadOnlySpan<byte> bytes = reader.ReadBytes(MaxDepth * Hash256.Size).Span;
        if (bytes.Length % Hash256.Size != 0) reader.Reject((ulong)(bytes.Length / Hash256.Size * Hash256.Size), (ulong)bytes.Length);
        Ending end = ReadEnd(ref reader, limits);
        DecodeOutcome outcome = reader.End();
        proof = null;
        if (!outcome.IsValid) return outcome;

        var siblings = new Hash256[bytes.Length / Hash256.Size];
        for (int i = 0; i < siblings.Length; i++) siblings[i] = new Hash256(bytes.Slice(i * Hash256.Size, Hash256.Size));
        proof = new StateProof([.. siblings], end);
        return outcome;
    }

    private static Ending ReadEnd(ref CanonicalReader reader, LedgerLimits limits)
    {
        if (reader.TryReadNil()) return default;
        int count = reader.ReadListHeader(2);
        if (count == 2) return Ending.Of(reader.ReadHash256(), reader.ReadHash256());
        if (count != 1) reader.Reject(1, (uint)count);
        ReadOnlyMemory<byte> value = reader.ReadBytes(Math.Max(limits.MaxEntryValueBytes, sizeof(ulong)));
        if (value.IsEmpty) reader.Reject(1, 0);
        return Ending.Of(value);
    }

    /// <summary>Climbs from the end of the path to the root.</summary>
    private ProofOutcome Verify(Hash256 stateRoot, Hash256 key)
    {
        // Another leaf says something of the key only if it stands on the key's own path.
        if (_end.Kind == EndingKind.OtherLeaf && (_end.OtherKey == key || SharedBits(_end.OtherKey, key) < _siblings.Length)) return ProofOutcome.Invalid;
        Hash256 hash = _end.Kind switch
        {
            EndingKind.OwnLeaf => Node(0x00, key, Sha3_256.Hash(_end.Value.Span)),
            EndingKind.OtherLeaf => Node(0x00, _end.OtherKey, _end.OtherValueHash),
            _ => Hash256.Zero,
        };

        // A lone leaf rises until something stands beside it: an empty subtree beside a leaf is in no tree.
        if (_end.Kind != EndingKind.Empty && !_siblings.IsEmpty && _siblings[^1].IsZero) return ProofOutcome.Invalid;
        for (int depth = _siblings.Length - 1; depth >= 0; depth--)
        {
            bool isRight = (key.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;
            hash = isRight ? Node(0x01, _siblings[depth], hash) : Node(0x01, hash, _siblings[depth]);
        }

        if (hash != stateRoot) return ProofOutcome.Invalid;
        return _end.Kind == EndingKind.OwnLeaf ? ProofOutcome.Present : ProofOutcome.Absent;
    }

    private static int SharedBits(in Hash256 left, in Hash256 right)
    {
        for (int i = 0; i < Hash256.Size; i++)
        {
            int difference = left.AsSpan()[i] ^ right.AsSpan()[i];
            if (difference != 0) return (8 * i) + BitOperations.LeadingZeroCount((uint)difference) - 24;
        }

        return MaxDepth;
    }

    private static Hash256 Node(byte domain, in Hash256 left, in Hash256 right)
    {
        Span<byte> bytes = stackalloc byte[NodeBytes];
        bytes[0] = domain;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Hash256.Size)..]);
        return Sha3_256.Hash(bytes);
    }

    /// <summary>Where a path ends.</summary>
    internal enum EndingKind
    {
        Empty,
        OwnLeaf,
        OtherLeaf,
    }

    /// <summary>What a path ends in.</summary>
    internal readonly record struct Ending(EndingKind Kind, ReadOnlyMemory<byte> Value, Hash256 OtherKey, Hash256 OtherValueHash)
    {
        public static Ending Of(ReadOnlyMemory<byte> value) => new(EndingKind.OwnLeaf, value, default, default);

        public static Ending Of(Hash256 otherKey, Hash256 otherValueHash) => new(EndingKind.OtherLeaf, default, otherKey, otherValueHash);
    }
}
