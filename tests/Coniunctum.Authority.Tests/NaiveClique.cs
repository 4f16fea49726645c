namespace Coniunctum.Authority.Tests;

/// <summary>EIP-225 written down a second time, as it reads: a chain's signers, counted anew from its beginning for every question.</summary>
internal sealed class NaiveClique(IEnumerable<string> signers, ulong epoch)
{
    private readonly SortedSet<string> _signers = [.. signers];
    private readonly List<string> _sealed = [];
    private readonly Dictionary<(string Voter, string Subject), bool> _votes = [];

    public IReadOnlyCollection<string> Signers => _signers;

    public ulong Height => (ulong)_sealed.Count;

    /// <summary>Takes a block, unless its signer may not seal it.</summary>
    public bool TrySeal(string signer, string? subject, bool adds)
    {
        ulong height = Height + 1;
        int majority = (_signers.Count / 2) + 1;
        if (!_signers.Contains(signer) || _sealed.TakeLast(majority - 1).Contains(signer)) return false;
        if (height % epoch == 0)
        {
            if (subject is not null) return false;
            _votes.Clear();
        }

        // Other than in the EIP: no one could go on.
        if (subject is not null && !adds && _signers.Count == 1 && _signers.Contains(subject)) return false;
        _sealed.Add(signer);
        if (subject is null) return true;

        _votes.Remove((signer, subject));
        if (_signers.Contains(subject) != adds) _votes[(signer, subject)] = adds;
        if (_votes.Count(vote => vote.Key.Subject == subject) < majority) return true;
        if (_signers.Count == 1 && _signers.Contains(subject)) return true;
        if (!_signers.Remove(subject)) _signers.Add(subject);
        foreach ((string voter, string about) in _votes.Keys.ToArray())
        {
            if (about == subject || !_signers.Contains(voter)) _votes.Remove((voter, about));
        }

        return true;
    }
}
