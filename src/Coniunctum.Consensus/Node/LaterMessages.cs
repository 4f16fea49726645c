using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// Messages that are judged once more when the tip has reached a height. Nothing of them is verified: each source has room of its own
/// here, and takes no one else's.
/// </summary>
internal sealed class LaterMessages(SourceQuota quota)
{
    private readonly List<(ulong Height, UnverifiedMessage Message)> _kept = [];
    private readonly HashSet<(PeerId From, Hash256 Id)> _ids = [];

    /// <summary>Whether a source's own copy of a content is kept.</summary>
    public bool Has(UnverifiedMessage message) => _ids.Contains((message.From, message.Id));

    /// <summary>Keeps a message, if its source has room for it.</summary>
    public bool TryKeep(UnverifiedMessage message, ulong height)
    {
        if (!quota.TryCharge(message.From, message.Size)) return false;
        _ids.Add((message.From, message.Id));
        _kept.Add((height, message));
        return true;
    }

    /// <summary>Returns what can be judged behind a tip, in the order in which it came, and forgets it.</summary>
    public List<UnverifiedMessage> TakeDue(ulong tip)
    {
        List<UnverifiedMessage> due = [.. _kept.Where(kept => kept.Height <= tip).Select(kept => kept.Message)];
        if (due.Count == 0) return due;
        _kept.RemoveAll(kept => kept.Height <= tip);
        foreach (UnverifiedMessage message in due)
        {
            _ids.Remove((message.From, message.Id));
            quota.Release(message.From, message.Size);
        }

        return due;
    }
}
