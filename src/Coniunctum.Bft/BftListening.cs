using Coniunctum.Crypto;

namespace Coniunctum.Bft;

/// <summary>
/// A validator that has started signs nothing before it has listened for the time of a round and has heard where validators of
/// more than two thirds of the weight stand, itself among them, and what they have seen of it. If that is more than its file
/// knows, then the file is an old one, and the validator leaves out every height at which it may have signed.
/// </summary>
/// <remarks>
/// Which heights those are: to vote at height h it had seen the certificate of h−1. Of those who signed that, and of those who
/// answer, both more than two thirds, at least one is another honest validator, as long as liars and restored files together
/// have less than a third; and its answer says h−1 or more.
/// </remarks>
internal sealed class BftListening(Hash256 challenge, Address self, (ulong Height, int Round, BftMessageKind Kind) signed)
{
    private readonly HashSet<Address> _answered = [];
    private ulong _height;
    private bool _isOld;

    /// <summary>What the answers repeat.</summary>
    public Hash256 Challenge => challenge;

    /// <summary>Whether the time of a round has passed.</summary>
    public bool IsTimeOver { get; set; }

    /// <summary>Returns whether a validator has answered.</summary>
    public bool HasAnswered(Address validator) => validator == self || _answered.Contains(validator);

    /// <summary>Takes an answer whose signatures were verified.</summary>
    public void Take(BftStatus answer)
    {
        if (answer.Challenge != challenge || answer.Asker != self || answer.IsQuestion) return;
        _answered.Add(answer.Sender);
        _height = Math.Max(_height, answer.Height);
        if (answer.Sighting is { } seen) TakeOwn(seen);
    }

    /// <summary>Takes a message that bears the validator's own signature.</summary>
    public void TakeOwn(BftMessage own)
    {
        _height = Math.Max(_height, own.Height);
        _isOld |= IsBeyond(own, signed);
    }

    /// <summary>Whether a message comes after what was signed last, or beside it with another content than can be told.</summary>
    public static bool IsBeyond(BftMessage own, (ulong Height, int Round, BftMessageKind Kind) signed) =>
        (own.Height, own.Round, own.Kind).CompareTo(signed) > 0;

    /// <summary>Returns whether enough was heard.</summary>
    /// <param name="validators">The set in force.</param>
    /// <param name="height">The height at which the validator is.</param>
    /// <param name="silentThrough">The last height at which it signs nothing; 0 when its file is no old one.</param>
    public bool IsOver(ValidatorSet validators, ulong height, out ulong silentThrough)
    {
        ulong weight = 0;
        foreach (Validator member in validators)
        {
            if (HasAnswered(member.Address)) weight += member.Weight;
        }

        silentThrough = _isOld ? Math.Max(_height, height - 1) + 1 : 0;
        return IsTimeOver && validators.IsQuorum(weight);
    }
}
