using System.Buffers;
using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;

namespace Coniunctum.Bft;

/// <summary>
/// Lets the validators of a chain change their set: each votes for one change by a transaction, and a change for which more than
/// two thirds of the weight have voted takes effect. A change in block h is committed to by header h+1 and certifies from h+2.
/// </summary>
/// <remarks>
/// Under key 0 and a number stand slices of the set's encoding, under key 1 its hash, both only once the set has changed; under
/// key 2 and a member's address its vote, as the address and be8(weight) that it votes for.
/// </remarks>
public sealed class ValidatorsApplication : ILedgerApplication
{
    // As long as an entry's value may be by default.
    internal const int SliceBytes = 1024;

    private const int VoteBytes = Hash256.Size + sizeof(ulong);

    private static readonly AppId s_number = new(uint.MaxValue);

    private readonly ValidatorSet _first;

    internal ValidatorsApplication(ValidatorSet first) => _first = first;

    /// <summary>The last number, so that it stands behind all applications of a chain.</summary>
    public AppId Id => s_number;

    /// <inheritdoc/>
    public string Name => "validators/1";

    /// <summary>Returns the data of a call that votes for a change; <see cref="Transfer.SignCall"/> makes the transaction.</summary>
    /// <param name="address">Whose weight should change.</param>
    /// <param name="weight">Its weight from then on; 0 removes a member.</param>
    public static byte[] Vote(Address address, ulong weight)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(2);
        writer.WriteHash256(address.Value);
        writer.WriteUInt64(weight);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public CallOutcome Admit(Call call, ApplicationView state)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(state);
        return SetIn(key => state.Get(key)).IndexOf(call.Sender) >= 0 ? CallOutcome.Done : CallOutcome.Refused("only validators vote");
    }

    /// <inheritdoc/>
    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(state);
        ValidatorSet set = SetIn(key => state.Get(key));
        if (set.IndexOf(call.Sender) < 0) return CallOutcome.Refused("only validators vote");
        var reader = new CanonicalReader(call.Data);
        reader.ReadArrayHeader(2);
        var address = new Address(reader.ReadHash256());
        ulong weight = reader.ReadUInt64();
        if (!reader.End().IsValid) return CallOutcome.Refused("no vote of this application");
        if (set.Change(address, weight, out ValidatorSet? changed) is { } why) return CallOutcome.Refused(why);

        byte[] vote = new byte[VoteBytes];
        address.Value.CopyTo(vote);
        BinaryPrimitives.WriteUInt64BigEndian(vote.AsSpan(Hash256.Size), weight);
        state.Set(VoteKey(call.Sender), vote);
        Validator[] supporters = [.. set.Where(member => state.Get(VoteKey(member.Address)).Span.SequenceEqual(vote))];
        if (!set.IsQuorum(supporters.Aggregate(0UL, (sum, member) => sum + member.Weight))) return CallOutcome.Done;

        foreach (Validator supporter in supporters) state.Delete(VoteKey(supporter.Address));
        if (weight == 0) state.Delete(VoteKey(address));
        for (int i = 0; i * SliceBytes < ValidatorSet.MaxEncodedBytes; i++)
        {
            int start = Math.Min(i * SliceBytes, changed!.Encoded.Length);
            int length = Math.Min(SliceBytes, changed.Encoded.Length - start);
            state.Set(SliceKey(i), changed.Encoded.Span.Slice(start, length));
        }

        state.Set(HashKey, changed!.Hash.AsSpan());
        return CallOutcome.Done;
    }

    /// <summary>Returns the set that a state says, given the one before.</summary>
    /// <exception cref="InvalidDataException">What the state holds is no set: the store is damaged.</exception>
    internal static ValidatorSet SetAfter(ValidatorSet before, IStateView state)
    {
        ReadOnlyMemory<byte> hash = state.EntryOf(s_number, HashKey);
        return hash.IsEmpty || hash.Span.SequenceEqual(before.Hash.AsSpan()) ? before : Read(key => state.EntryOf(s_number, key));
    }

    private static ReadOnlySpan<byte> HashKey => [1];

    private static byte[] SliceKey(int number) => [0, (byte)number];

    private static byte[] VoteKey(Address member) => [2, .. member.Value.AsSpan()];

    private static ValidatorSet Read(Func<byte[], ReadOnlyMemory<byte>> get)
    {
        var encoded = new ArrayBufferWriter<byte>(SliceBytes);
        for (int i = 0; i * SliceBytes < ValidatorSet.MaxEncodedBytes; i++) encoded.Write(get(SliceKey(i)).Span);
        return ValidatorSet.Decode(encoded.WrittenMemory) ?? throw new InvalidDataException("The state's set of validators cannot be read.");
    }

    private ValidatorSet SetIn(Func<byte[], ReadOnlyMemory<byte>> get) => get([.. HashKey]).IsEmpty ? _first : Read(get);
}
