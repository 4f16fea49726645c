using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Chain;

/// <summary>The signatures that a block's validity depends on: its seals, its certificate, and its transactions that the pool has not verified.</summary>
internal static class BlockSignatures
{
    public static ImmutableArray<SignatureClaim> Collect(BlockNode node, Mempool pool)
    {
        ImmutableArray<SignatureClaim>.Builder claims = ImmutableArray.CreateBuilder<SignatureClaim>();
        claims.AddRange(node.Seals.Claims);
        claims.AddRange(node.Certificate.Claims);
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
        foreach (SignatureClaim claim in node.Seals.Claims)
        {
            Verdict verdict = Judge(claim, answers[next++], BlockRule.SealInvalid);
            if (!verdict.IsValid) return verdict;
        }

        foreach (SignatureClaim claim in node.Certificate.Claims)
        {
            Verdict verdict = Judge(claim, answers[next++], BlockRule.CertificateInvalid);
            if (!verdict.IsValid) return verdict;
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

    private static Verdict Judge(in SignatureClaim claim, SignatureAnswer answer, BlockRule rule)
    {
        if (answer.Outcome != SignatureOutcome.Valid) return Verdict.Reject(rule, answer.Outcome.ToString(), "a valid signature");
        return answer.Signer == claim.Signer
            ? Verdict.Valid
            : Verdict.Reject(rule, answer.Signer.Value, claim.Signer.Value);
    }
}
