using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Names;

/// <summary>
/// A registry: who asks first has a name for a number of blocks, may hand it on, and loses it at its last height. A name
/// stands under "n" and the name, as its owner's address and be8(last height); the names that end at a height stand under
/// "x" and be8(height), one after the other with a byte of length before each.
/// </summary>
public sealed class NameRegistry : ILedgerApplication
{
    public const ulong LongestTerm = 1_000_000;
    public static readonly AppId Number = new(1);
    private static readonly CallOutcome NoCall = CallOutcome.Refused("no call of this registry");

    public AppId Id => Number;
    public string Name => "names/1";

    public CallOutcome Admit(Call call, ApplicationView state) => TryRead(call.Data, out _, out _, out _) ? CallOutcome.Done : NoCall;

    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        if (!TryRead(call.Data, out byte[] name, out ulong blocks, out Address heir)) return NoCall;
        ReadOnlyMemory<byte> entry = state.Get(KeyOf(name));
        if (blocks > 0)
            return entry.IsEmpty ? Register(name, call.Sender, state.Height + blocks, state) : CallOutcome.Refused("the name is taken");
        if (Parse(entry) is not { } held || held.Owner != call.Sender) return CallOutcome.Refused("the name is not the sender's");
        state.Set(KeyOf(name), Entry(heir, held.LastHeight));
        return CallOutcome.Done;
    }

    /// <summary>Frees the names whose last height was the block before.</summary>
    public void BeginBlock(ApplicationContext state)
    {
        byte[] key = EndKeyOf(state.Height - 1);
        for (ReadOnlySpan<byte> ending = state.Get(key).Span; !ending.IsEmpty; ending = ending[(1 + ending[0])..])
            state.Delete(KeyOf(ending.Slice(1, ending[0])));
        state.Delete(key);
    }

    /// <summary>The data of a call that registers a name; <see cref="HandOn"/> makes that of one that hands it on.</summary>
    public static byte[] Register(string name, ulong blocks) => Write(name, blocks, default);

    public static byte[] HandOn(string name, Address heir) => Write(name, 0, heir);

    public static byte[] KeyOf(string name) => KeyOf(Encoding.ASCII.GetBytes(name));

    /// <summary>Reads what stands under a name's key; <c>null</c> when nothing does.</summary>
    public static (Address Owner, ulong LastHeight)? Parse(ReadOnlyMemory<byte> value) => value.IsEmpty ? null
        : (new Address(new Hash256(value.Span[..Hash256.Size])), BinaryPrimitives.ReadUInt64BigEndian(value.Span[Hash256.Size..]));

    private static CallOutcome Register(byte[] name, Address owner, ulong lastHeight, ApplicationContext state)
    {
        // The list has the room that one value has: whoever comes too late chooses another term.
        state.Set(EndKeyOf(lastHeight), [.. state.Get(EndKeyOf(lastHeight)).Span, (byte)name.Length, .. name]);
        state.Set(KeyOf(name), Entry(owner, lastHeight));
        return CallOutcome.Done;
    }

    private static bool TryRead(ReadOnlyMemory<byte> data, out byte[] name, out ulong blocks, out Address heir)
    {
        var reader = new CanonicalReader(data);
        reader.ReadArrayHeader(3);
        name = reader.ReadBytes(maxLength: 32).ToArray();
        blocks = reader.ReadUInt64(LongestTerm);
        heir = new Address(reader.ReadHash256());
        return reader.End().IsValid && name.Length > 0 && name.All(letter => char.IsAsciiLetterLower((char)letter) || char.IsAsciiDigit((char)letter));
    }

    private static byte[] Write(string name, ulong blocks, Address heir)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(3);
        writer.WriteFixed(Encoding.ASCII.GetBytes(name));
        writer.WriteUInt64(blocks);
        writer.WriteHash256(heir.Value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static byte[] KeyOf(ReadOnlySpan<byte> name) => [(byte)'n', .. name];

    private static byte[] EndKeyOf(ulong height) => [(byte)'x', .. Be8(height)];

    private static byte[] Entry(Address owner, ulong lastHeight) => [.. owner.Value.AsSpan(), .. Be8(lastHeight)];

    private static byte[] Be8(ulong number)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }
}
