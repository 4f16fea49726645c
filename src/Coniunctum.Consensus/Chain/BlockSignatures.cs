using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Chain;

/// <summary>The signatures that a block's validity depends on: its seals, its certificate, and its transactions that the pool has not verified.</summary>
internal sealed class BlockSignatures
{
    private readonly BlockNode _node;
    private readonly List<int> _positions = [];

    public BlockSignatures(BlockNode node, Mempool pool)
    {
        _node = node;
        ImmutableArray<SignatureClaim>.Builder claims = ImmutableArray.CreateBuilder<SignatureClaim>();
        claims.AddRange(node.Seals.Claims);
        claims.AddRange(node.Certificate.Claims);
        for (int i = 1; i < node.Body!.Transactions.Count; i++)
        {
            HashedTransaction transaction = node.Body!.Transactions[i];
            if (pool.HasVerified(transaction)) continue;
            claims.Add(ClaimOf(transaction));
            _positions.Add(i);
        }

        Claims = claims.DrainToImmutable();
    }

    /// <summary>The claims: the seals' first, then the certificate's.</summary>
    public ImmutableArray<SignatureClaim> Claims { get; }

    public static SignatureClaim ClaimOf(HashedTransaction transaction) =>
        new(transaction.Id.Value, transaction.Transaction.Signature, transaction.Transaction.Sender);

    /// <summary>Judges the answers to <see cref="Claims"/>.</summary>
    public Verdict Judge(ImmutableArray<RecoveredSigner> answers)
    {
        int next = 0;
        foreach (SignatureClaim claim in _node.Seals.Claims)
        {
            Verdict verdict = Judge(claim, answers[next++], BlockRule.SealInvalid);
            if (!verdict.IsValid) return verdict;
        }

        foreach (SignatureClaim claim in _node.Certificate.Claims)
        {
            Verdict verdict = Judge(claim, answers[next++], BlockRule.CertificateInvalid);
            if (!verdict.IsValid) return verdict;
        }

        foreach (int position in _positions)
        {
            RecoveredSigner answer = answers[next++];
            Verdict verdict = TransactionRules.CheckSigner(_node.Body!.Transactions[position], answer.Outcome, answer.Signer);
            if (!verdict.IsValid) return verdict.At(position);
        }

        return Verdict.Valid;
    }

    private static Verdict Judge(in SignatureClaim claim, RecoveredSigner answer, BlockRule rule)
    {
        if (answer.Outcome != SignatureOutcome.Valid) return Verdict.Invalid(rule, answer.Outcome.ToString(), "a valid signature");
        return answer.Signer == claim.Signer
            ? Verdict.Valid
            : Verdict.Invalid(rule, answer.Signer.Value, claim.Signer.Value);
    }
}
