using System.Text.Json.Nodes;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Cli.Client;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Digests of ledgers, and what a ledger has become since one was written.</summary>
internal static class DbDigest
{
    public static async Task<int> RunAsync(string data, ulong? height, string? path, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using SqliteChainStore store = LedgerFiles.OpenToRead(data);
        ChainProfile profile = ChainOfFile.ProfileOf(store);
        StoredTip tip = store.Tip ?? throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
        ulong last = height ?? tip.Height;
        if (last > tip.Height) throw new BadInputException(Invariant($"There is no block at height {last}: the chain ends at height {tip.Height}."));
        var prefixes = new List<string>();
        (BlockId Tip, Hash256 StateRoot, Hash256 Heads) reached = default;
        foreach ((StoredHead head, BlockHeader header, Hash256 digested) in LedgerDigest.OfHeads(store, profile, last, reporter.Progress, cancellation))
        {
            reached = (head.Id, header.StateRoot, digested);
            if (path is not null) prefixes.Add(DigestFile.PrefixOf(digested));
        }

        StateSnapshot state = await PrunedStates.ReadAsync(store, profile, last, cancellation)
            ?? throw new BadInputException(Invariant($"The state at height {last} cannot be had: what leads to it was pruned. Expected a greater --height, or none."));
        var digest = new LedgerDigest(
            store.IdAt(0)!.Value, last, reached.Tip, reached.StateRoot, reached.Heads, await Task.Run(() => state.ComputeDigest(cancellation), CancellationToken.None));
        if (path is not null) DigestFile.Save(path, digest, prefixes);
        return reporter.Conclude(
            ClientCommand.Table(
                ("chain", digest.Chain.ToString()),
                ("height", Invariant($"{digest.Height}")),
                ("tip", digest.Tip.ToString()),
                ("state root", digest.StateRoot.ToString()),
                ("heads", digest.Heads.ToString()),
                ("state", digest.State.ToString()),
                ("digest", digest.Value.ToString())),
            Fields(digest, path));
    }

    /// <summary>Compares a ledger with a digest that was written earlier, of this file or of another one.</summary>
    public static async Task<Outcome> CompareAsync(string data, string path, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using SqliteChainStore store = LedgerFiles.OpenToRead(data);
        ChainProfile profile = ChainOfFile.ProfileOf(store);
        StoredTip tip = store.Tip ?? throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
        using FileStream file = PathInput.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var text = new StreamReader(file);
        LedgerDigest expected = DigestFile.ReadParts(text, path);
        if (expected.Chain != store.IdAt(0)) throw new BadInputException($"{Quoted.Of(path)} is of chain {expected.Chain}, the ledger of {store.IdAt(0)}.");
        (Hash256 Digest, BlockId Id) reached = default;
        ulong height = 0;
        foreach ((StoredHead head, _, Hash256 digest) in LedgerDigest.OfHeads(store, profile, Math.Min(expected.Height, tip.Height), reporter.Progress, cancellation))
        {
            height = head.Height;
            if (DigestFile.ReadPrefix(text, path, height) != DigestFile.PrefixOf(digest)) return new Outcome(height, Invariant($"Height {height} is the first that differs from {Quoted.Of(path)}: it is block {head.Id} here."));
            reached = (digest, head.Id);
        }

        if (height < expected.Height) return new Outcome(height + 1, Invariant($"The chain ends at height {height}, below height {expected.Height} of {Quoted.Of(path)}; up to there all is the same."));
        if (reached != (expected.Heads, expected.Tip)) return new Outcome(height, Invariant($"Height {height} differs from {Quoted.Of(path)}, or one below does."));
        StateSnapshot? state = await PrunedStates.ReadAsync(store, profile, height, cancellation);
        if (state is not null && await Task.Run(() => state.ComputeDigest(cancellation), CancellationToken.None) != expected.State)
            return new Outcome(height, Invariant($"The state after height {height} differs from {Quoted.Of(path)}, and no block does."));
        return new Outcome(null, Invariant($"All is the same as in {Quoted.Of(path)}, up to height {height}{(state is null ? "; the state there was pruned, and was not compared" : "")}."));
    }

    private static JsonObject Fields(LedgerDigest digest, string? path) => new()
    {
        ["chainId"] = digest.Chain.ToString(),
        ["height"] = digest.Height,
        ["tip"] = digest.Tip.ToString(),
        ["stateRoot"] = digest.StateRoot.ToString(),
        ["heads"] = digest.Heads.ToString(),
        ["state"] = digest.State.ToString(),
        ["digest"] = digest.Value.ToString(),
        ["file"] = path,
    };

    /// <summary>What a comparison came to.</summary>
    /// <param name="FirstDifference">The first height that differs; <c>null</c> where none does.</param>
    /// <param name="Text">One line for people.</param>
    internal sealed record Outcome(ulong? FirstDifference, string Text);
}
