namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>
/// The requests of one side, on a connection or about one ledger, that wait for an answer. A request that was given up stays: its
/// answer may still come, and is no fault.
/// </summary>
internal sealed class Exchange
{
    private readonly Dictionary<MessageKind, Queue<int>> _waiting = [];
    private readonly HashSet<MessageKind> _asked = [];

    /// <summary>Returns how much of a kind is outstanding, in the kind's units.</summary>
    public int Outstanding(MessageKind request) => _waiting.TryGetValue(request, out Queue<int>? waiting) ? waiting.Sum() : 0;

    /// <summary>Says whether something may be asked.</summary>
    public ProtocolFault CheckAsk(KindRule rule, int units)
    {
        if (rule.IsOnce && _asked.Contains(rule.Kind)) return ProtocolFault.AskedAgain;
        return Outstanding(rule.Kind) + units > rule.MaxOutstanding ? ProtocolFault.TooMuchAsked : ProtocolFault.None;
    }

    /// <summary>Notes what is asked; each unit waits by itself where the request may be answered in parts.</summary>
    public void Ask(KindRule rule, int units, bool inParts)
    {
        if (!_waiting.TryGetValue(rule.Kind, out Queue<int>? waiting)) _waiting.Add(rule.Kind, waiting = new Queue<int>());
        _asked.Add(rule.Kind);
        if (!inParts) waiting.Enqueue(units);
        else for (int i = 0; i < units; i++) waiting.Enqueue(1);
    }

    /// <summary>Says whether an answer may come, as far as that is known without its content.</summary>
    public ProtocolFault CheckAnswer(KindRule rule) => Outstanding(rule.Answers) == 0 ? ProtocolFault.Unasked : ProtocolFault.None;

    /// <summary>Says whether an answer of a size may come.</summary>
    public ProtocolFault CheckAnswer(KindRule rule, int units)
    {
        if (Outstanding(rule.Answers) is var outstanding && outstanding == 0) return ProtocolFault.Unasked;
        bool fits = rule.IsPartial ? units <= outstanding : units == _waiting[rule.Answers].Peek();
        return fits ? ProtocolFault.None : ProtocolFault.WrongCount;
    }

    /// <summary>Notes an answer that was checked.</summary>
    public void Answer(KindRule rule, int units)
    {
        Queue<int> waiting = _waiting[rule.Answers];
        for (int left = units; left > 0;) left -= waiting.Dequeue();
    }
}
