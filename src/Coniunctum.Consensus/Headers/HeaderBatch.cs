using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// Heads that follow each other and were judged behind a header of a tree, but for their signatures. They are no part of the tree, and
/// weigh nothing, until those are verified and <see cref="HeaderTree.Append"/> takes them. For one thread at a time.
/// </summary>
public sealed class HeaderBatch
{
    private readonly List<Item> _items;
    private ImmutableArray<SignatureClaim> _claims;

    internal HeaderBatch(List<Item> items, Verdict verdict)
    {
        (_items, Verdict) = (items, verdict);
        _claims = [.. items.SelectMany(item => item.Seals.Claims.Concat(item.Certificate.Claims))];
    }

    /// <summary>How many heads are sound so far; those that the tree had before are not counted.</summary>
    public int Count => _items.Count;

    /// <summary>Valid where all heads are sound so far; otherwise what is wrong with the first that is not. Those before it stay.</summary>
    public Verdict Verdict { get; private set; }

    /// <summary>The signatures that the heads depend on, to be recovered by <see cref="SignatureVerifier"/>. None under proof-of-work.</summary>
    public ImmutableArray<SignatureClaim> Claims => _claims;

    /// <summary>Whether no signature is left to be verified.</summary>
    public bool IsProven => _claims.IsEmpty;

    /// <summary>The weight of the chain up to the last head that is sound so far; zero where none is.</summary>
    public Work ChainWeight => _items is [.., var last] ? last.Node.Work : Work.Zero;

    internal IReadOnlyList<Item> Items => _items;

    /// <summary>Takes the answers to <see cref="Claims"/>. The first head whose witnesses are bad is left out, with all behind it.</summary>
    /// <param name="answers">One for each claim, in order.</param>
    /// <returns><see cref="Verdict"/> as it is now.</returns>
    public Verdict TakeAnswers(ImmutableArray<RecoveredSigner> answers)
    {
        if (answers.Length != _claims.Length) throw new ArgumentException(Invariant($"There are {answers.Length} answers to {_claims.Length} claims."), nameof(answers));
        ReadOnlySpan<RecoveredSigner> left = answers.AsSpan();
        for (int i = 0; i < _items.Count; i++)
        {
            Item item = _items[i];
            Verdict witnesses = BlockSignatures.JudgeWitnesses(item.Seals, item.Certificate, left);
            left = left[(item.Seals.Claims.Count + item.Certificate.Claims.Count)..];
            if (witnesses.IsValid) continue;
            _items.RemoveRange(i, _items.Count - i);
            Verdict = witnesses;
        }

        _claims = [];
        return Verdict;
    }

    /// <summary>A head as it would join the tree, with what it claims.</summary>
    internal readonly record struct Item(HeaderNode Node, SealClaims Seals, SealClaims Certificate, bool IsWhole);
}
