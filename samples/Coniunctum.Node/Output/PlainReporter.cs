using System.Numerics;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Output;

/// <summary>Lines for people and for logs: the start, one line a block, whatever is not as it should be, the summary.</summary>
internal sealed class PlainReporter(TextWriter output) : IDevReporter
{
    public const string KeyWarning = "Everyone can derive these keys from the seed: never use these elsewhere.";

    public void Started(DevStart start)
    {
        output.WriteLine($"A development chain after {start.Profile.Name}");
        WrappedText.Write(output, "  with its rules, but for ", 4, string.Join(", ", start.Differences));
        output.WriteLine($"  {start.ChainId}");
        output.WriteLine(start.Options.Data is { } path ? $"  kept in {PrintableText.Of(path)}" : "  kept in memory, and gone when it ends");
        if (start.From is { } from)
            WrappedText.Write(output, "  ", 2, Invariant($"with {from.Supply} base units of {from.Accounts.Length} account{(from.Accounts.Length == 1 ? "" : "s")} of {PrintableText.Of(from.Network)}, chain {from.Chain}, as they were at height {from.Tip.Height}"));
        if (start.Height > 0) output.WriteLine($"  goes on from height {start.Height}");
        output.WriteLine();
        output.WriteLine($"Ten accounts, which began with {start.Settings.Grant} base units each{(start.From is null ? "" : ", and with what they owned there")}.");
        output.WriteLine(KeyWarning);
        foreach (DevAccount account in start.Accounts)
        {
            output.WriteLine(Invariant($"  {account.Number,2}  {account.Address.ToText(start.Profile.AddressPrefix)}"));
            output.WriteLine($"      key {account.RevealKey()}");
        }

        output.WriteLine();
        output.WriteLine(Invariant($"Mining  {Figures.Rate(start.HashesPerSecond)} on {start.Options.Threads} thread{(start.Options.Threads == 1 ? "" : "s")}; ")
            + Invariant($"a block takes 2^{BigInteger.Log(start.ExpectedHashes, 2):0.#} hashes, about {start.ExpectedBlockTime.TotalSeconds:0.###} s"));
        WrappedText.Write(output, "  ", 2, start.KeepsPace
            ? Invariant($"The target follows this machine, so that blocks come to lie {start.Settings.BlockTime.TotalSeconds:0.###} s apart.")
            : "The target was set at the chain's start and stays: blocks come faster or more slowly as this machine does.");
        output.WriteLine($"Rewards to {start.RewardTo.ToText(start.Profile.AddressPrefix)}");
        output.WriteLine($"Seed    {start.Settings.Seed}, from which the accounts follow; named by --seed, the chain's id too");
        if (start.Http is { } http)
        {
            bool isOther = start.Options.Http is { IsAsked: false, Endpoint.Port: var usual } && new Uri(http).Port != usual;
            output.WriteLine($"Browser {http}{(isOther ? Invariant($" (port {start.Options.Http!.Endpoint.Port} is taken; --http chooses another)") : "")}");
            if (start.Cookie is { } cookie) output.WriteLine($"Cookie  {PrintableText.Of(cookie)}, by which programs change something there");
        }

        if (start.Coverage is { } coverage)
        {
            output.WriteLine(Invariant($"Traffic {start.Options.Traffic} transfers a second"));
            WrappedText.Write(output, "  invalid transfers break ", 4, string.Join(", ", coverage.ByTransfers));
            WrappedText.Write(output, "  invalid blocks break ", 4, string.Join(", ", coverage.ByBlocks));
            output.WriteLine("  nothing here can break");
            foreach ((BlockRule rule, string reason) in coverage.Unbreakable) output.WriteLine($"    {rule}: {reason}");
        }

        output.WriteLine();
    }

    public void Block(in DevView view, HashedBlock block)
    {
        DevTally tally = view.Tally;
        string line = Invariant($"block {block.Header.Height,4}  {Figures.Short(block.Id)}  {block.Transactions.Count,4} transactions  pool {view.PoolCount,3}  {Figures.Rate(view.HashesPerSecond)}");
        long rejected = tally.RejectedTransfers.Values.Sum();
        output.WriteLine(tally.Accepted + rejected == 0 ? line : Invariant($"{line}  {tally.Accepted} accepted, {rejected} rejected"));
    }

    public void Undone(in DevView view, HashedBlock block) =>
        output.WriteLine(Invariant($"block {block.Header.Height,4}  {Figures.Short(block.Id)}  undone"));

    public void Judged(in DevView view, Judgement judgement)
    {
        if (judgement.IsAsIntended) return;
        string subject = judgement.IsBlock ? "block" : "transfer";
        string conclusion = judgement.IsValid ? "it was accepted" : $"it was refused under {judgement.RuleName}: {judgement.Verdict}";
        output.WriteLine(judgement.Intended == BlockRule.None
            ? $"WRONG  A valid {subject} should be accepted, but {conclusion}"
            : $"WRONG  A {subject} ({judgement.What}) should be refused under {judgement.Intended}, but {conclusion}");
    }

    public void Tick(in DevView view)
    {
        // A line a block is enough.
    }

    public void Summary(DevSummary summary)
    {
        output.WriteLine();
        output.WriteLine(Invariant($"Stopped at height {summary.Height} after {summary.Elapsed.TotalSeconds:0.0} s"));
        output.WriteLine($"  tip        {summary.Tip}");
        output.WriteLine($"  supply     {summary.GenesisSupply} at genesis + {summary.Subsidies} in subsidies {(summary.IsSupplyExact ? "=" : "IS NOT")} {summary.Supply}");
        output.WriteLine(Invariant($"  hashes     {summary.Hashes}, {Figures.Rate(summary.Hashes / Math.Max(summary.Elapsed.TotalSeconds, 0.001))}"));
        if (summary.Accepted + summary.Rejected.Count == 0) return;
        output.WriteLine(Invariant($"  transfers  {summary.Accepted} accepted, {summary.Confirmed} confirmed, {summary.Rejected.Values.Sum()} rejected"));
        foreach ((string rule, long count) in summary.Rejected) output.WriteLine(Invariant($"    {rule,-20}{count,6}"));
        output.WriteLine(Invariant($"  invalid blocks  {summary.RejectedBlocks.Values.Sum()} rejected"));
        foreach ((string rule, long count) in summary.RejectedBlocks) output.WriteLine(Invariant($"    {rule,-20}{count,6}"));
        output.WriteLine(summary.Mismatched == 0
            ? "  Everything invalid was refused under the rule that it breaks."
            : Invariant($"  {summary.Mismatched} judgement{(summary.Mismatched == 1 ? " was" : "s were")} WRONG; see above."));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
