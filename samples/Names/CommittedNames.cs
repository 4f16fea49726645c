using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Names;

/// <summary>
/// A registry by Namecoin's rules, under which no one who sees a name asked for can be faster. [1, commitment] is its name_new: the
/// hash of a salt, the name and the sender, noted with its height. [2, name, salt, value] is name_firstupdate: a number of blocks
/// later, and if no one has the name, it is the sender's. [3, name, owner, value] is name_update: it renews the name, and may hand it
/// on. Whoever does not update within the lifetime has lost the name to the next who asks.
/// </summary>
/// <param name="delay">How many blocks a commitment is old at least: longer than reorganizations are. Namecoin: 12.</param>
/// <param name="lifetime">How many blocks a name lasts from its last update. Namecoin: 36,000.</param>
public sealed class CommittedNames(ulong delay = 12, ulong lifetime = 36_000) : ILedgerApplication
{
    private const int MaxNameBytes = 63;
    private const int MaxValueBytes = 520;
    public static readonly AppId Number = new(2);
    private static readonly CallOutcome NoCall = CallOutcome.Refused("no call of this registry");

    public AppId Id => Number;
    public string Name => Invariant($"committed-names/1 {delay} {lifetime}");

    /// <summary>Commits to a name, which stays a secret as long as the salt does.</summary>
    public static byte[] New(string name, Hash256 salt, Address sender) => Write(1, Commitment(Encoding.UTF8.GetBytes(name), salt, sender).ToArray());

    public static byte[] FirstUpdate(string name, Hash256 salt, string value) => Write(2, Encoding.UTF8.GetBytes(name), salt.ToArray(), Encoding.UTF8.GetBytes(value));

    public static byte[] Update(string name, Address owner, string value) => Write(3, Encoding.UTF8.GetBytes(name), owner.Value.ToArray(), Encoding.UTF8.GetBytes(value));

    public static byte[] KeyOf(string name) => KeyOf(Encoding.UTF8.GetBytes(name));

    /// <summary>Reads what stands under a name's key after a block of some height; <c>null</c> when no one has the name then.</summary>
    public (Address Owner, string Value, ulong LastHeight)? Parse(ReadOnlyMemory<byte> entry, ulong height)
    {
        if (entry.IsEmpty) return null;
        ulong last = BinaryPrimitives.ReadUInt64BigEndian(entry.Span) + lifetime;
        return height > last ? null : (new Address(new Hash256(entry.Span[8..40])), Encoding.UTF8.GetString(entry.Span[40..]), last);
    }

    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        var reader = new CanonicalReader(call.Data);
        int fields = reader.ReadListHeader(4);
        ulong operation = reader.ReadUInt64();
        ReadOnlyMemory<byte> name = reader.ReadBytes(MaxNameBytes);
        Hash256 saltOrOwner = fields == 4 ? reader.ReadHash256() : default;
        ReadOnlyMemory<byte> value = fields == 4 ? reader.ReadBytes(MaxValueBytes) : default;
        if (!reader.End().IsValid || name.IsEmpty) return NoCall;
        return (operation, fields) switch
        {
            (1, 2) when name.Length == Hash256.Size => Commit(name.Span, state),
            (2, 4) => Register(name.Span, saltOrOwner, value.Span, call.Sender, state),
            (3, 4) when !saltOrOwner.IsZero => Renew(name.Span, new Address(saltOrOwner), value.Span, call.Sender, state),
            _ => NoCall,
        };
    }

    private static CallOutcome Commit(ReadOnlySpan<byte> commitment, ApplicationContext state)
    {
        if (!state.Get([(byte)'c', .. commitment]).IsEmpty) return CallOutcome.Refused("the commitment was noted before");
        state.Set([(byte)'c', .. commitment], Be8(state.Height));
        return CallOutcome.Done;
    }

    private CallOutcome Register(ReadOnlySpan<byte> name, Hash256 salt, ReadOnlySpan<byte> value, Address sender, ApplicationContext state)
    {
        byte[] key = [(byte)'c', .. Commitment(name, salt, sender).AsSpan()];
        ReadOnlyMemory<byte> noted = state.Get(key);
        if (noted.IsEmpty) return CallOutcome.Refused("there is no commitment of the sender's to that name");
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(noted.Span) + delay;
        if (state.Height < first) return CallOutcome.Refused(Invariant($"the commitment is too young before block {first}"));
        if (Parse(state.Get(KeyOf(name)), state.Height) is not null) return CallOutcome.Refused("the name is taken");
        state.Delete(key);
        state.Set(KeyOf(name), [.. Be8(state.Height), .. sender.Value.AsSpan(), .. value]);
        return CallOutcome.Done;
    }

    private CallOutcome Renew(ReadOnlySpan<byte> name, Address owner, ReadOnlySpan<byte> value, Address sender, ApplicationContext state)
    {
        if (Parse(state.Get(KeyOf(name)), state.Height)?.Owner != sender) return CallOutcome.Refused("the name is not the sender's, or has expired");
        state.Set(KeyOf(name), [.. Be8(state.Height), .. owner.Value.AsSpan(), .. value]);
        return CallOutcome.Done;
    }

    private static Hash256 Commitment(ReadOnlySpan<byte> name, Hash256 salt, Address sender) => Sha3_256.Hash([.. salt.AsSpan(), .. sender.Value.AsSpan(), .. name]);

    private static byte[] KeyOf(ReadOnlySpan<byte> name) => [(byte)'n', .. name];

    private static byte[] Be8(ulong number)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Write(ulong operation, params byte[][] fields)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(1 + fields.Length);
        writer.WriteUInt64(operation);
        foreach (byte[] field in fields) writer.WriteFixed(field);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
