using System.Buffers;

namespace Cats;

/// <summary>
/// The rules, around <see cref="UniqueTokens"/>, whose calls they pass on: cats are given, offered and accepted there. Calls of its own
/// are [16] to adopt a founder, [17, mother, father, nonce, commitment] to breed and [18, secret] to reveal. Under "b" and a player's
/// address stands what it breeds, under "l" and a height the lot that is drawn there.
/// </summary>
public sealed class CatGame : ILedgerApplication
{
    public const ulong Founders = 8;

    /// <summary>How many blocks lie between a commitment and the lot: it is drawn from a block that no one knew at the commitment.</summary>
    public const ulong Wait = 1;

    /// <summary>How many blocks a player has to reveal. Whoever does not like the kitten may be silent, and breeds nothing meanwhile.</summary>
    public const ulong Patience = 50;
    private const ulong Burn = 6;
    private const ulong FirstOwnCall = 16;
    public static readonly AppId Number = new(1);
    private readonly UniqueTokens _cats = new(Number, new UniqueTokenOptions { Issuer = Address.Root, MaxDataBytes = 64 });
    public AppId Id => Number;
    public string Name => "cats/1";
    public static byte[] Adopt() => Encode([FirstOwnCall]);
    public static byte[] Breed(ulong mother, ulong father, ulong nonce, Hash256 commitment) => Encode([FirstOwnCall + 1, mother, father, nonce], commitment);
    public static byte[] Reveal(Hash256 secret) => Encode([FirstOwnCall + 2], secret);

    /// <summary>What a player commits to. Its address is part of it, so that no one takes another's commitment for its own.</summary>
    public static Hash256 Commit(Hash256 secret, Address player) => Sha3_256.Hash([.. secret.AsSpan(), .. player.Value.AsSpan()]);
    public static byte[] BreedingKeyOf(Address player) => [(byte)'b', .. player.Value.AsSpan()];

    /// <summary>Reads what stands under a player's breeding key; <c>null</c> when it breeds nothing.</summary>
    public static Breeding? Read(ReadOnlyMemory<byte> entry)
    {
        var reader = new CanonicalReader(entry);
        reader.ReadArrayHeader(5);
        var breeding = new Breeding(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadHash256());
        return reader.End().IsValid ? breeding : null;
    }

    public CallOutcome Execute(Call call, ApplicationContext state)
    {
        var reader = new CanonicalReader(call.Data);
        int fields = reader.ReadListHeader(5);
        ulong operation = reader.ReadUInt64();
        if (operation == Burn) return CallOutcome.Refused("no cat is ever burnt");
        if (operation < FirstOwnCall) return _cats.Execute(call, state);
        return (operation - FirstOwnCall, fields) switch
        {
            (0, 1) when reader.End().IsValid => Cats(state) < Founders ? Issue(state, call.Sender, Cat.Founder) : CallOutcome.Refused("no founder is left"),
            (1, 5) => Start(ref reader, call.Sender, state),
            (2, 2) => Finish(ref reader, call.Sender, state),
            _ => CallOutcome.Refused("no call of this game"),
        };
    }

    /// <summary>Draws the lot that someone waits for: the history up to the block before, which names every block since the commitment.</summary>
    public void BeginBlock(ApplicationContext state)
    {
        if (!state.Get(LotKeyOf(state.Height)).IsEmpty) state.Set(LotKeyOf(state.Height), state.HistoryRoot.AsSpan());
        ulong late = state.Height - Math.Min(state.Height, Patience + 1);
        if (!state.Get(LotKeyOf(late)).IsEmpty) state.Delete(LotKeyOf(late));
    }

    private static CallOutcome Start(ref CanonicalReader reader, Address player, ApplicationContext state)
    {
        var breeding = new Breeding(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), state.Height, reader.ReadHash256());
        if (!reader.End().IsValid || breeding.Mother == breeding.Father) return CallOutcome.Refused("no two cats");
        if (Read(state.Get(BreedingKeyOf(player))) is { } before && state.Height <= before.LastHeight) return CallOutcome.Refused("another kitten is awaited");
        foreach (ulong cat in (ulong[])[breeding.Mother, breeding.Father])
            if (UniqueTokens.Find(state, Cat.TokenOf(cat))?.Owner != player) return CallOutcome.Refused(Invariant($"#{cat} is not the player's"));

        state.Set(BreedingKeyOf(player), Encode([breeding.Mother, breeding.Father, breeding.Nonce, breeding.Height], breeding.Commitment));
        // Any byte asks the block of that height for its lot.
        state.Set(LotKeyOf(breeding.LotHeight), [1]);
        return CallOutcome.Done;
    }

    private CallOutcome Finish(ref CanonicalReader reader, Address player, ApplicationContext state)
    {
        Hash256 secret = reader.ReadHash256();
        if (!reader.End().IsValid || Read(state.Get(BreedingKeyOf(player))) is not { } breeding) return CallOutcome.Refused("nothing to reveal");
        if (state.Height < breeding.LotHeight) return CallOutcome.Refused(Invariant($"the lot is drawn in block {breeding.LotHeight}"));
        if (state.Height > breeding.LastHeight) return CallOutcome.Refused("too late");
        if (Commit(secret, player) != breeding.Commitment) return CallOutcome.Refused("another secret than was committed to");
        var mother = Cat.Of(UniqueTokens.Find(state, Cat.TokenOf(breeding.Mother))!);
        var father = Cat.Of(UniqueTokens.Find(state, Cat.TokenOf(breeding.Father))!);
        Hash256 lot = Sha3_256.Hash([.. secret.AsSpan(), .. state.Get(LotKeyOf(breeding.LotHeight)).Span]);
        state.Delete(BreedingKeyOf(player));
        return Issue(state, player, _ => Cat.Kitten(breeding.Mother, mother, breeding.Father, father, lot));
    }

    private CallOutcome Issue(ApplicationContext state, Address player, Func<ulong, Cat> make)
    {
        ulong number = Cats(state) + 1;
        return _cats.Issue(state, Cat.TokenOf(number), player, make(number).ToData()).ToOutcome();
    }

    private static ulong Cats(ApplicationView state) => TokenSupply.Decode(state.Get(UniqueTokens.SupplyKey))!.Value.Issued;
    private static byte[] LotKeyOf(ulong height) => [(byte)'l', .. Cat.TokenOf(height).AsSpan()];

    internal static byte[] Encode(ReadOnlySpan<ulong> numbers, Hash256? hash = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(numbers.Length + (hash is null ? 0 : 1));
        foreach (ulong number in numbers) writer.WriteUInt64(number);
        if (hash is { } value) writer.WriteHash256(value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A kitten that is awaited: its parents, what the player draws its secret from, the block of the commitment, and the commitment.</summary>
    public sealed record Breeding(ulong Mother, ulong Father, ulong Nonce, ulong Height, Hash256 Commitment)
    {
        public ulong LotHeight => Height + Wait + 1;

        public ulong LastHeight => LotHeight + Patience;
    }
}
