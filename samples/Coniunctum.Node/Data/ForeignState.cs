using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Data;

/// <summary>What a development chain takes over from another chain's state: who owns what. Its blocks, tags and applications' entries stay behind.</summary>
/// <param name="Network">The other chain's name.</param>
/// <param name="Chain">Its identity.</param>
/// <param name="Tip">The block after which it is the state.</param>
/// <param name="Accounts">Who owns what, in rising order of addresses.</param>
/// <param name="Supply">Base units in existence there.</param>
internal sealed record ForeignState(string Network, BlockId Chain, StoredTip Tip, ImmutableArray<GenesisSpec.Allocation> Accounts, ulong Supply)
{
    /// <summary>The most accounts that are taken over: what a chain begins with must fit into the 64 KiB in which its files say so.</summary>
    public const int MostAccounts = 700;

    /// <summary>The profile whose format the other chain has, among those that a development chain can have.</summary>
    public required ChainProfile Rules { get; init; }

    /// <summary>
    /// Reads a file of a state and judges it as an import does: its headers and, where they commit to it, the state. What they do not
    /// commit to is believed, since nothing of worth depends on it here.
    /// </summary>
    /// <exception cref="BadInputException">It is none, is damaged or wrong, or cannot be taken over.</exception>
    public static async Task<ForeignState> ReadAsync(string path, IProgress<FileProgress> progress, CancellationToken cancellation)
    {
        await using FileStream file = PathInput.OpenFile(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            using var store = new MemoryChainStore();
            StateFileReader reader = await StateFileReader.OpenAsync(file, cancellation: cancellation);
            ChainNote.Begin(store, reader.Head.Note.Span);
            ChainProfile profile = ChainOfFile.ProfileOf(store);
            StateImportReport report = await LedgerBuilder.For(profile).UseStore(store).ImportStateAsync(reader, new StateImportOptions { Trust = true }, progress, cancellation);
            if (report.AccountCount > MostAccounts)
                throw new BadInputException(Invariant($"{report.AccountCount} accounts own something there, and a genesis takes over {MostAccounts} at most; 'coniunctum db import' goes on with the whole chain."));
            LedgerState state = StateOf(store, profile, report.Tip);
            return new ForeignState(
                profile.Name,
                reader.Head.Chain,
                report.Tip,
                [.. state.Accounts.OrderBy(account => account.Key.Value).Select(account => new GenesisSpec.Allocation(account.Key, account.Value))],
                report.Supply)
            {
                Rules = RulesFor(profile),
            };
        }
        catch (Exception exception) when (exception is StateImportException or InvalidDataException or LedgerOpenException or BadInputException)
        {
            throw new BadInputException($"--from: {Quoted.Of(path)}: {exception.Message}");
        }
    }

    /// <summary>What a new chain begins with: its own accounts with their grants, and on top and beside them what the other chain's owned.</summary>
    /// <exception cref="BadInputException">It would be more than one account could hold, so that payments and rewards could fail for that alone.</exception>
    public ImmutableArray<GenesisSpec.Allocation> Beside(ImmutableArray<GenesisSpec.Allocation> own, ulong maxAmount)
    {
        UInt128 granted = own.Aggregate(UInt128.Zero, (sum, account) => sum + account.Amount);
        if (granted + Supply > maxAmount)
            throw new BadInputException($"--from: the {Supply} base units there and {granted} in grants are more than {maxAmount}, the largest amount; expected a smaller --grant.");
        var taken = Accounts.ToDictionary(account => account.Receiver, account => account.Amount);
        var both = ImmutableArray.CreateBuilder<GenesisSpec.Allocation>(own.Length + Accounts.Length);
        foreach (GenesisSpec.Allocation account in own)
        {
            both.Add(account with { Amount = account.Amount + taken.GetValueOrDefault(account.Receiver) });
            taken.Remove(account.Receiver);
        }

        both.AddRange(Accounts.Where(account => taken.ContainsKey(account.Receiver)));
        return both.ToImmutable();
    }

    private static LedgerState StateOf(MemoryChainStore store, ChainProfile profile, StoredTip tip)
    {
        BlockHead head = HeadCodec.Read(store.ReadHeads(tip.Height, 1)[0], profile.Format, profile.Limits);
        CheckpointOutcome outcome = StateCheckpoint.Read(store.ReadCheckpoint(), profile.Format.Traits, head.Header.StateRoot, out LedgerState? state);
        return state ?? throw new InvalidDataException($"The state cannot be read: {outcome}");
    }

    /// <summary>The same accounts must be opened by the same keys.</summary>
    private static ChainProfile RulesFor(ChainProfile profile) => DevProfile.Bases.FirstOrDefault(known =>
            known.Format.Traits.Name.Equals(profile.Format.Traits.Name, StringComparison.Ordinal) && known.Signatures.Name.Equals(profile.Signatures.Name, StringComparison.Ordinal))
        ?? throw new BadInputException($"The chain {profile.Name} has the format {profile.Format.Traits.Name} and signatures of the scheme {profile.Signatures.Name}, which no development chain has.");
}
