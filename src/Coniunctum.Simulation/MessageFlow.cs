namespace Coniunctum.Simulation;

/// <summary>
/// One direction of a connection: what is sent arrives in order, once, or never. While the link is cut it waits here, and goes on
/// when the link is mended.
/// </summary>
internal sealed class MessageFlow(World world, ConnectionEnd from, Link link)
{
    private readonly Queue<InTransit> _held = new();
    private TimeSpan _last;
    private bool _isBroken;

    public void Send(in InTransit sent)
    {
        if (_isBroken) return;
        if (link.IsCut)
            _held.Enqueue(sent);
        else
            Depart(sent);
    }

    /// <summary>Sends what is of use at once or never, such as the word that there is no such connection.</summary>
    public void SendUnheld(in InTransit sent)
    {
        _held.Clear();
        if (!link.IsCut) Depart(sent);
    }

    /// <summary>What waits is lost.</summary>
    public void Forget() => _held.Clear();

    /// <summary>The link was mended.</summary>
    public void GoOn()
    {
        while (!link.IsCut && _held.TryDequeue(out InTransit next)) Depart(next);
    }

    /// <summary>Nothing more gets through.</summary>
    public void Break()
    {
        _isBroken = true;
        _held.Clear();
    }

    private void Depart(in InTransit sent)
    {
        if (_isBroken) return;
        TimeSpan left = from.Peers.Upload(sent.Bytes);
        if (sent.Charge > 0) from.NoteWritten(1, sent.Charge, left);
        int to = from.Other.Node.Index;
        if (link.DrawReset())
        {
            world.Record(to, WorldEventKind.Lost, sent.Subject, sent.Content);
            from.Break();
            return;
        }

        TimeSpan repetition = link.DrawRepetition();
        if (repetition > TimeSpan.Zero) world.Record(to, WorldEventKind.Resent, sent.Subject, sent.Content);
        TimeSpan at = world.Now + left + link.DrawDelay() + repetition;
        if (at <= _last) at = _last + TimeSpan.FromTicks(1);
        _last = at;
        world.After(at - world.Now, to, WorldEventKind.Arrived, sent.Subject, sent.Content, sent.Arrive);
    }
}
