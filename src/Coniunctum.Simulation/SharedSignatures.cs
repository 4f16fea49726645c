using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;

namespace Coniunctum.Simulation;

/// <summary>Verifies each signature once for all nodes of a world; one answer in 256 that was there already is worked out again and compared.</summary>
internal sealed class SharedSignatures(ISignatureScheme scheme)
{
    private const int Bytes = 256;

    private readonly SharedAnswers<Key, RecoveredSigner> _answers = new(64L << 20, static (one, other) => one == other);

    /// <summary>Recovers the signers of claims.</summary>
    /// <exception cref="DivergenceException">The same signature had another signer before.</exception>
    public ImmutableArray<RecoveredSigner> Recover(ImmutableArray<SignatureClaim> claims)
    {
        var answers = new RecoveredSigner[claims.Length];
        var isKnown = new bool[claims.Length];
        var missing = new List<int>();
        for (int i = 0; i < claims.Length; i++)
        {
            isKnown[i] = _answers.TryFind(new Key(claims[i].Digest, claims[i].Signature), out answers[i], out bool isCompared);
            if (!isKnown[i] || isCompared) missing.Add(i);
        }

        if (missing.Count == 0) return ImmutableArray.Create(answers);
        SignatureClaim[] asked = [.. missing.Select(i => claims[i])];
        ImmutableArray<RecoveredSigner> recovered = SignatureVerifier.Recover(scheme, asked);
        for (int i = 0; i < asked.Length; i++)
        {
            if (isKnown[missing[i]]) _answers.Compare(answers[missing[i]], recovered[i]);
            _answers.Add(new Key(asked[i].Digest, asked[i].Signature), Bytes, recovered[i]);
            answers[missing[i]] = recovered[i];
        }

        return ImmutableArray.Create(answers);
    }

    private readonly record struct Key(Hash256 Digest, ReadOnlyMemory<byte> Signature)
    {
        public bool Equals(Key other) => Digest == other.Digest && Signature.Span.SequenceEqual(other.Signature.Span);

        public override int GetHashCode() => Digest.GetHashCode();
    }
}
