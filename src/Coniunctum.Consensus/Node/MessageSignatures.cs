using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// Verifies the signatures that messages claim. While one batch is being verified the next one gathers; the sources take turns, and
/// each has room of its own. A content is verified once, however many send it meanwhile.
/// </summary>
internal sealed class MessageSignatures(SourceQuota quota)
{
    // As many as of blocks' witnesses: enough for the widest lanes on all cores, and no long wait for what comes meanwhile.
    private const int MaxClaims = 2048;

    private readonly Dictionary<Hash256, UnverifiedMessage> _messages = [];
    private readonly SourceTurns<UnverifiedMessage> _turns = new();
    private readonly List<UnverifiedMessage> _inFlight = [];
    private long _lastJob;

    /// <summary>Whether an answer is to a question of this class: its numbers lie below those of the chain, which counts from 1.</summary>
    public static bool Owns(NodeInput.SignaturesVerified verified) => verified.Job.Value < 0;

    /// <summary>Returns a message of the same content that waits or is being verified, or <c>null</c>.</summary>
    public UnverifiedMessage? Find(Hash256 id) => _messages.GetValueOrDefault(id);

    /// <summary>Adds a message of a content that is not here, if its source has room for it.</summary>
    public bool TryAdd(UnverifiedMessage message)
    {
        if (!quota.TryCharge(message.From, message.Size)) return false;
        _messages.Add(message.Id, message);
        _turns.Add(message.From, message);
        return true;
    }

    /// <summary>Returns the question for the next batch, or <c>null</c> while one is under way or nothing waits.</summary>
    public NodeEffect.VerifySignatures? NextBatch()
    {
        if (_inFlight.Count > 0) return null;
        ImmutableArray<SignatureClaim>.Builder claims = ImmutableArray.CreateBuilder<SignatureClaim>();
        while (_turns.TryPeek(out UnverifiedMessage? next) && (_inFlight.Count == 0 || claims.Count + next.Claims.Claims.Count <= MaxClaims))
        {
            _turns.Take();
            _inFlight.Add(next);
            claims.AddRange(next.Claims.Claims);
        }

        return _inFlight.Count == 0 ? null : new NodeEffect.VerifySignatures(new JobId(--_lastJob), claims.DrainToImmutable());
    }

    /// <summary>Takes the answers to the batch under way: each message, and whether all that it claims is true.</summary>
    public IReadOnlyList<(UnverifiedMessage Message, bool IsTrue)> TakeAnswers(NodeInput.SignaturesVerified verified)
    {
        if (verified.Job.Value != _lastJob || _inFlight.Count == 0) throw new InvalidOperationException("An answer belongs to no batch of messages.");
        var answered = new List<(UnverifiedMessage, bool)>(_inFlight.Count);
        ReadOnlySpan<RecoveredSigner> answers = verified.Answers.AsSpan();
        foreach (UnverifiedMessage message in _inFlight)
        {
            int count = message.Claims.Claims.Count;
            answered.Add((message, AreTrue(message.Claims, answers[..count])));
            answers = answers[count..];
            _messages.Remove(message.Id);
            quota.Release(message.From, message.Size);
        }

        _inFlight.Clear();
        return answered;
    }

    private static bool AreTrue(SealClaims claims, ReadOnlySpan<RecoveredSigner> answers)
    {
        for (int i = 0; i < answers.Length; i++)
        {
            if (answers[i].Outcome != SignatureOutcome.Valid || answers[i].Signer != claims.Claims[i].Signer) return false;
        }

        return true;
    }
}
