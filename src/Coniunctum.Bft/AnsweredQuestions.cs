using Coniunctum.Crypto;

namespace Coniunctum.Bft;

/// <summary>
/// The last question of each validator that was answered. The first answer travels as the question did. Who asks again is a peer, which
/// alone needs it again: no one else passes on what it has.
/// </summary>
internal sealed class AnsweredQuestions
{
    private readonly Dictionary<Address, (Hash256 Challenge, ulong Height)> _last = [];

    /// <summary>Notes a question; returns whether it was the asker's last one already.</summary>
    public bool IsAskedAgain(BftStatus question)
    {
        if (_last.TryGetValue(question.Asker, out (Hash256 Challenge, ulong Height) last) && last == (question.Challenge, question.Height)) return true;
        // Former validators are among them.
        if (_last.Count >= 2 * ValidatorSet.MaxCount) _last.Clear();
        _last[question.Asker] = (question.Challenge, question.Height);
        return false;
    }
}
