namespace Coniunctum.Simulation;

/// <summary>
/// Answers that depend on nothing but their question, worked out once and given to all who ask; the oldest are forgotten. Every 256th
/// that was there already is worked out again and compared.
/// </summary>
/// <param name="mostBytes">How many bytes of questions are kept.</param>
/// <param name="isSame">Whether two answers are the same.</param>
internal sealed class SharedAnswers<TQuestion, TAnswer>(long mostBytes, Func<TAnswer, TAnswer, bool> isSame)
    where TQuestion : notnull
{
    /// <summary>One in so many is worked out again.</summary>
    public const int Compared = 256;

    private readonly Dictionary<TQuestion, TAnswer> _answers = [];
    private readonly Queue<(TQuestion Question, int Bytes)> _oldest = new();
    private long _bytes;

    /// <summary>How many answers were there already.</summary>
    public long Shared { get; private set; }

    /// <summary>Whether a question was answered before; the answer is to be compared where it is its turn.</summary>
    public bool TryFind(TQuestion question, out TAnswer answer, out bool isCompared)
    {
        isCompared = false;
        if (!_answers.TryGetValue(question, out answer!)) return false;
        isCompared = ++Shared % Compared == 0;
        return true;
    }

    public void Add(TQuestion question, int bytes, TAnswer answer)
    {
        if (!_answers.TryAdd(question, answer)) return;
        _oldest.Enqueue((question, bytes));
        _bytes += bytes;
        while (_bytes > mostBytes && _oldest.TryDequeue(out (TQuestion Question, int Bytes) oldest))
        {
            _answers.Remove(oldest.Question);
            _bytes -= oldest.Bytes;
        }
    }

    /// <summary>Compares an answer with one that was worked out again.</summary>
    /// <exception cref="DivergenceException">They differ.</exception>
    public void Compare(TAnswer before, TAnswer again)
    {
        if (!isSame(before, again)) throw new DivergenceException("The same bytes were decoded, or the same signature was verified, with another result: something depends on more than its input.");
    }

    /// <summary>Returns the answer to a question, worked out where it is not there.</summary>
    public TAnswer Find(TQuestion question, int bytes, Func<TAnswer> work)
    {
        if (TryFind(question, out TAnswer answer, out bool isCompared))
        {
            if (isCompared) Compare(answer, work());
            return answer;
        }

        answer = work();
        Add(question, bytes, answer);
        return answer;
    }
}
