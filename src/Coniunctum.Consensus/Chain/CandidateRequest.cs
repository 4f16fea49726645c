namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The candidate that the producer waits for. It is built when nothing else is under way: neither before what waits for the machine,
/// nor on a tip that is about to be replaced, or whose commit someone waits for.
/// </summary>
internal sealed class CandidateRequest
{
    // However much else there is: no later than after so many steps or tips a candidate is built.
    private const int MostWaits = 16;

    private ProducerEffect.Prepare? _wanted;
    private int _waits;

    /// <summary>Whether one is waited for.</summary>
    public bool IsWanted => _wanted is not null;

    /// <summary>Whether others had their turn often enough.</summary>
    public bool HasWaitedEnough => _waits >= MostWaits;

    /// <summary>Takes a request; one that was not answered yet is not wanted any more.</summary>
    public void Take(ProducerEffect.Prepare prepare) => _wanted = prepare;

    /// <summary>Something else was done.</summary>
    public void Wait()
    {
        if (IsWanted) _waits++;
    }

    /// <summary>The producer hears of another tip: it asks again if it wants a candidate there, and when it is its turn.</summary>
    public void Drop()
    {
        Wait();
        _wanted = null;
    }

    /// <summary>Returns the request, which is answered now.</summary>
    public ProducerEffect.Prepare Answer()
    {
        ProducerEffect.Prepare answered = _wanted ?? throw new InvalidOperationException("No candidate is asked for.");
        (_wanted, _waits) = (null, 0);
        return answered;
    }
}
