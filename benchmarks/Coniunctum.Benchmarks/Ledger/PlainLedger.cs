using System.Diagnostics;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// The plainest ledger that keeps the rules of transfers: one signature after another, one hash after another, balances and
/// used tags in dictionaries, no roots, no undo, nothing on disk.
/// </summary>
internal static class PlainLedger
{
    public static TimeSpan Import(TransferChain chain, ReadOnlySpan<ReadOnlyMemory<byte>> blocks)
    {
        ChainProfile profile = chain.Profile;
        var balances = profile.Genesis.Allocations.ToDictionary(allocation => allocation.Receiver, allocation => allocation.Amount);
        var tags = new HashSet<(Address, TransactionTag)>();
        long start = Stopwatch.GetTimestamp();
        foreach (ReadOnlyMemory<byte> encoded in blocks)
        {
            HashedBlock.Decode(encoded, profile.Format, profile.Limits, chain.Genesis.Id, out HashedBlock? block);
            var hasher = new TransactionHasher(profile.Format, chain.Genesis.Id);
            Hash256[] leaves = [.. block!.Block.Transactions.Select(hasher.Hash).Select(transaction => transaction.Leaf)];
            profile.Format.TryComputeRoot(leaves, out Hash256 root);
            Require(root == block.Header.MerkleRoot);
            foreach (HashedTransaction transaction in block.Transactions.Skip(1)) Apply(transaction, profile, balances, tags);
            Transaction reward = block.Block.Transactions[0];
            balances[reward.Receiver] = balances.GetValueOrDefault(reward.Receiver) + reward.Amount;
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static void Apply(
        HashedTransaction transaction, ChainProfile profile, Dictionary<Address, ulong> balances, HashSet<(Address Sender, TransactionTag Tag)> tags)
    {
        Transaction body = transaction.Transaction;
        SignatureOutcome outcome = profile.Signatures.Recover(transaction.Id.Value, body.Signature.Span, out Address signer);
        Require(outcome == SignatureOutcome.Valid && signer == body.Sender);
        Require(tags.Add((body.Sender, body.Tag)));
        ulong cost = body.Amount + body.Fee;
        Require(balances.GetValueOrDefault(body.Sender) >= cost);
        balances[body.Sender] -= cost;
        balances[body.Receiver] = balances.GetValueOrDefault(body.Receiver) + body.Amount;
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("The workload is wrong: a block that must be valid is not.");
    }
}
