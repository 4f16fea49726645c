using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The signatures that a block's execution waits for: its transactions', as far as neither the pool nor a proposal has verified
/// them, and those of seals and certificate where they had to be claimed anew since the block joined the tree.
/// </summary>
internal sealed class BlockSignatures
{
    private readonly BlockNode _node;
    private readonly SealClaims _seals;
    private readonly SealClaims _certificate;
    private readonly List<int> _positions = [];

    public BlockSignatures(BlockNode node, Mempool pool, PreparedBlocks prepared)
    {
        _node = node;
        (_seals, _certificate) = node.IsProven ? (new SealClaims(), new SealClaims()) : (node.Seals, node.Certificate);
        ImmutableArray<SignatureClaim>.Builder claims = ImmutableArray.CreateBuilder<SignatureClaim>();
        claims.AddRange(_seals.Claims);
        claims.AddRange(_certificate.Claims);
        HashedBlock body = node.Body!;
        for (int i = prepared.Has(body) ? body.Transactions.Count : 1; i < body.Transactions.Count; i++)
        {
            HashedTransaction transaction = body.Transactions[i];
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
        Verdict witnesses = JudgeWitnesses(_seals, _certificate, answers.AsSpan());
        if (!witnesses.IsValid) return witnesses;
        int next = _seals.Claims.Count + _certificate.Claims.Count;
        foreach (int position in _positions)
        {
            RecoveredSigner answer = answers[next++];
            Verdict verdict = TransactionRules.CheckSigner(_node.Body!.Transactions[position], answer.Outcome, answer.Signer);
            if (!verdict.IsValid) return verdict.At(position);
        }

        return Verdict.Valid;
    }

    /// <summary>Judges the answers to the claims of a seal and of a certificate, in this order.</summary>
    public static Verdict JudgeWitnesses(SealClaims seals, SealClaims certificate, ReadOnlySpan<RecoveredSigner> answers)
    {
        Verdict verdict = Judge(seals, answers, BlockRule.SealInvalid);
        return verdict.IsValid ? Judge(certificate, answers[seals.Claims.Count..], BlockRule.CertificateInvalid) : verdict;
    }

    private static Verdict Judge(SealClaims claims, ReadOnlySpan<RecoveredSigner> answers, BlockRule rule)
    {
        for (int i = 0; i < claims.Claims.Count; i++)
        {
            RecoveredSigner answer = answers[i];
            Address signer = claims.Claims[i].Signer;
            if (answer.Outcome != SignatureOutcome.Valid) return Verdict.Invalid(rule, answer.Outcome.ToString(), "a valid signature");
            if (answer.Signer != signer) return Verdict.Invalid(rule, answer.Signer.Value, signer.Value);
        }

        return Verdict.Valid;
    }
}
