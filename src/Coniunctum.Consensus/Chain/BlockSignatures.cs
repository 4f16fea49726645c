using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Chain;

/// <summary>The signatures that a block's validity depends on: its seals, and its transactions that the pool has not verified.</summary>
internal static class BlockSignatures
{
    public static ImmutableArray<SignatureClaim> Collect(BlockNode node, Mempool pool)
    {
        ImmutableArray<SignatureClaim>.Builder claims = ImmutableArray.CreateBuilder<SignatureClaim>();
        claims.AddRange(node.Seals.Claims);
        node.VerifiedByPool = new bool[node.Block.Transactions.Count];
        for (int i = 1; i < node.Block.Transactions.Count; i++)
        {
            HashedTransaction transaction = node.Block.Transactions[i];
            node.VerifiedByPool[i] = pool.HasVerified(transaction);
            if (!node.VerifiedByPool[i]) claims.Add(ClaimOf(transaction));
        }

        return claims.DrainToImmutable();
    }

    public static SignatureClaim ClaimOf(HashedTransaction transaction) =>
        new(transaction.Id.Value, transaction.Transaction.Signature, transaction.Transaction.Sender);

    /// <summary>Judges the answers to what <see cref="Collect"/> returned.</summary>
    public static Verdict Judge(BlockNode node, ImmutableArray<SignatureAnswer> answers)
    {
        int next = 0;
        foreach (SignatureClaim seal in node.Seals.Claims)
        {
            SignatureAnswer answer = answers[next++];
            if (answer.Outcome != Crypto.SignatureOutcome.Valid)
                return Verdict.Reject(BlockRule.SealInvalid, answer.Outcome.ToString(), "a valid signature");
            if (answer.Signer != seal.Signer)
                return Verdict.Reject(BlockRule.SealInvalid, answer.Signer.Value, seal.Signer.Value);
        }

        for (int i = 1; i < node.Block.Transactions.Count; i++)
        {
            if (node.VerifiedByPool[i]) continue;
            SignatureAnswer answer = answers[next++];
            Verdict verdict = TransactionRules.CheckSigner(node.Block.Transactions[i], answer.Outcome, answer.Signer);
            if (!verdict.IsValid) return verdict.At(i);
        }

        return Verdict.Valid;
    }
}
