namespace Cats;

/// <summary>The commands of one game. Cats are written as #1, money as 30.</summary>
public sealed class Game(LedgerHost ledger, Save save, TextWriter output)
{
    public const string Help = """
        adopt PLAYER                       takes one of eight founders
        breed PLAYER #CAT #CAT             commits to a kitten
        wait                               lets a block pass
        reveal PLAYER                      reveals what was committed to: the kitten is born
        give PLAYER #CAT PLAYER            gives a cat away
        offer PLAYER #CAT PLAYER #CAT|N    offers a cat to the other player, for a cat or for N
        accept PLAYER #CAT                 accepts: both change hands at once, or nothing does
        cats                               shows all cats, and what the players own
        prove #CAT                         proves whose a cat is, to someone who has a block's header alone
        save, and load N                   says how to come back to this moment, and goes back to block N
        """;

    /// <summary>Does a command; returns what was wrong with it, or <c>null</c>.</summary>
    public async Task<string?> RunAsync(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case [] or ["quit"]:
                return null;
            case ["help"]:
                await output.WriteLineAsync(Help);
                return null;
            case ["cats"]:
                await ShowAsync();
                return null;
            case ["wait"]:
                await SubmitAsync("a block passes", Transfer.Sign(save.KeyOf("house")!, save.AddressOf("house"), 1, ledger.Context));
                return null;
            case ["prove", var cat] when CatOf(cat) is { } number:
                return await ProveAsync(number);
            case ["save"]:
                await output.WriteLineAsync(Invariant($"saved: \"load {ledger.Development.TakeSnapshot().Height}\" comes back here"));
                return null;
            case ["load", var height] when ulong.TryParse(height, out ulong number) && ledger.Chain.IdAt(number) is { } id:
                await ledger.Development.RevertAsync(new LedgerSnapshot(id, number));
                await output.WriteLineAsync(Invariant($"block {ledger.Tip.Header.Height}: as it was"));
                return null;
            case [_, var player, ..] when save.Players.Contains(player):
                return await PlayAsync(line, player, words);
            default:
                return $"no command: '{line}'; expected one of those that 'help' shows, a player ({string.Join(", ", save.Players)}) and cats that there are";
        }
    }

    private async Task<string?> PlayAsync(string line, string player, string[] words)
    {
        byte[]? data = words switch
        {
            ["adopt", _] => CatGame.Adopt(),
            ["breed", _, var first, var second] when CatOf(first) is { } mother && CatOf(second) is { } father =>
                CatGame.Breed(mother, father, Cats, CatGame.Commit(SecretOf(player, mother, father, Cats), save.AddressOf(player))),
            ["reveal", _] => CatGame.Read(ledger.EntryOf(CatGame.Number, CatGame.BreedingKeyOf(save.AddressOf(player)))) is { } awaited
                ? CatGame.Reveal(SecretOf(player, awaited.Mother, awaited.Father, awaited.Nonce)) : CatGame.Reveal(default),
            ["give", _, var cat, var other] when CatOf(cat) is { } number && save.Players.Contains(other) =>
                UniqueTokenCalls.Transfer(Cat.TokenOf(number), save.AddressOf(other)),
            ["offer", _, var cat, var other, var wanted] when CatOf(cat) is { } number && save.Players.Contains(other) && OfferOf(wanted, other) is { } offer =>
                UniqueTokenCalls.Offer(Cat.TokenOf(number), offer),
            ["accept", _, var cat] when CatOf(cat) is { } number =>
                UniqueTokenCalls.Accept(Cat.TokenOf(number), TokenAt(number)?.Offer ?? new TokenOffer(default, default, 0)),
            _ => null,
        };
        if (data is null) return $"no command: '{line}'; expected one of those that 'help' shows";
        ulong price = words is ["accept", _, var sold] ? TokenAt(CatOf(sold)!.Value)?.Offer?.Price ?? 0 : 0;
        ulong before = Cats;
        await SubmitAsync(line, Transfer.SignCall(save.KeyOf(player)!, CatGame.Number, data, ledger.Context, amount: price));
        for (ulong number = before + 1; number <= Cats; number++) await output.WriteLineAsync(Invariant($"  #{number} is {Cat.Of(TokenAt(number)!).Looks}"));
        return null;
    }

    /// <summary>How many cats there are; none ever dies.</summary>
    private ulong Cats => TokenSupply.Decode(ledger.EntryOf(CatGame.Number, UniqueTokens.SupplyKey))!.Value.Existing;

    private async Task SubmitAsync(string what, Transaction transaction)
    {
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transaction);
        await output.WriteLineAsync(Invariant($"block {confirmation.Height}: {what}{(confirmation.Refusal is { } why ? $": refused, {why}" : "")}"));
    }

    private async Task ShowAsync()
    {
        for (ulong number = 1; number <= Cats; number++)
        {
            UniqueToken token = TokenAt(number)!;
            Cat cat = Cat.Of(token);
            string parents = cat.Mother == 0 ? "founder" : Invariant($"of #{cat.Mother} and #{cat.Father}");
            await output.WriteLineAsync(Invariant($"  #{number} {save.NameOf(token.Owner),-5} {parents}, {cat.Looks}{(token.Offer is null ? "" : ", offered")}"));
        }

        await output.WriteLineAsync("  " + string.Join(", ", save.Players.Select(player => Invariant($"{player} owns {ledger.Balance(save.AddressOf(player))}"))));
    }

    private async Task<string?> ProveAsync(ulong number)
    {
        ProofAtTip proof = ledger.ReadView().ProveEntry(CatGame.Number, UniqueTokens.KeyOf(Cat.TokenOf(number)));
        BlockHeader header = proof.Block.Header;
        byte[] sent = proof.Proof.Encode();
        // What follows needs the header and the bytes that were sent, and no ledger.
        if (!StateProof.Decode(sent, Save.Profile.Limits, out StateProof? read).IsValid) return "the proof cannot be read";
        ProofOutcome outcome = UniqueToken.Verify(read!, header.StateRoot, CatGame.Number, Cat.TokenOf(number), out UniqueToken? token);
        await output.WriteLineAsync(Invariant($"after block {header.Height}: #{number} is {(outcome == ProofOutcome.Present ? $"{save.NameOf(token!.Owner)}'s" : "not proven")}, by its header"));
        return null;
    }

    /// <summary>A secret that only the player can compute, and can compute again: the hash of a signature, which is the same each time.</summary>
    private Hash256 SecretOf(string player, ulong mother, ulong father, ulong nonce)
    {
        byte[] signature = new byte[Save.Profile.Signatures.SignatureSize];
        Hash256 message = Sha3_256.Hash([.. ledger.ChainId.Value.AsSpan(), .. Cat.TokenOf(mother).AsSpan(), .. Cat.TokenOf(father).AsSpan(), .. Cat.TokenOf(nonce).AsSpan()]);
        Save.Profile.Signatures.Sign(save.KeyOf(player)!, message, signature);
        return Sha3_256.Hash(signature);
    }

    private UniqueToken? TokenAt(ulong number) => UniqueToken.Decode(ledger.EntryOf(CatGame.Number, UniqueTokens.KeyOf(Cat.TokenOf(number))));
    private ulong? CatOf(string word) => word.StartsWith('#') && ulong.TryParse(word.AsSpan(1), out ulong number) && number >= 1 && number <= Cats ? number : null;

    private TokenOffer? OfferOf(string wanted, string other) =>
        CatOf(wanted) is { } cat ? new TokenOffer(save.AddressOf(other), Cat.TokenOf(cat), 0)
        : ulong.TryParse(wanted, out ulong price) ? new TokenOffer(save.AddressOf(other), default, price)
        : null;
}
