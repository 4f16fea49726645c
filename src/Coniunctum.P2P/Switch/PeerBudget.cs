using System.Collections.Frozen;
using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// What a peer may make this node do unasked, in microseconds: 20,000 a second, and ten seconds' worth at once. Of one that is over that
/// nothing is read until it has made up for it: what it sends then waits at its own side. What it was asked for is charged to the question, and proofs to whoever asks for them.
/// </summary>
/// <param name="output">How it speaks.</param>
/// <param name="topics">The rule's messages, each of which one peer may send so many of in a second.</param>
internal sealed class PeerBudget(PeerOutput output, IEnumerable<TopicSpec> topics)
{
    private const double PerSecond = 20_000;
    private const double Most = 10 * PerSecond;

    // So many are kept without looking which of them are as good as none.
    private const int MostAccounts = 256;

    // A topic's whole rate is half of what a peer may do.
    private readonly FrozenDictionary<string, int> _topics = topics.ToFrozenDictionary(topic => topic.Name, topic => (int)Math.Max(1, PerSecond / 2 / topic.PerSecond), StringComparer.Ordinal);
    // By connection: a ledger that is opened again on one finds what was charged before.
    private readonly Dictionary<PeerId, Account> _accounts = [];
    private readonly HashSet<Peer> _paused = [];

    /// <summary>When the next one is read again.</summary>
    public SteadyTime Due => _paused.Count == 0 ? new SteadyTime(TimeSpan.MaxValue) : _paused.Min(ResumesAt);

    /// <summary>A peer is gone; returns whether it was not read. What was charged stays until it is made up for.</summary>
    public bool Remove(Peer peer) => _paused.Remove(peer);

    /// <summary>Charges a peer for what it has sent.</summary>
    public void Charge(Peer peer, PeerInput input)
    {
        int cost = CostOf(input);
        if (cost == 0) return;
        PeerId connection = LedgerPeerId.ConnectionOf(peer.Id);
        if (!_accounts.TryGetValue(connection, out Account account))
        {
            account = new Account(Most, output.Steady);
            if (_accounts.Count >= MostAccounts) ForgetThoseWithoutCharge();
        }

        account = new Account(LeftNow(account) - cost, output.Steady);
        _accounts[connection] = account;
        if (account.Left < 0 && _paused.Add(peer)) output.Emit(new PeerEffect.SetReading(peer.Id, false));
    }

    /// <summary>Has those read again who have made up for it.</summary>
    public void Look()
    {
        if (_paused.Count == 0) return;
        foreach (Peer peer in _paused.Where(peer => output.Steady >= ResumesAt(peer)).ToArray())
        {
            _paused.Remove(peer);
            if (!peer.IsClosing) output.Emit(new PeerEffect.SetReading(peer.Id, true));
        }
    }

    /// <summary>About what it takes to look at a message, from decoding to the verdict.</summary>
    private int CostOf(PeerInput input) => input switch
    {
        PeerInput.HeadsReceived { Message: MessageKind.Announce } announced => 20 * announced.Heads.Length,
        PeerInput.SubmitReceived => 200,
        PeerInput.CompactReceived compact => 300 + compact.Bytes / 256,
        PeerInput.Received { Message: var message, Bytes: var bytes } => message switch
        {
            Have have => 5 + have.Leaves.Length / 2,
            Candidate candidate => 5 + candidate.Leaves.Length / 2,
            NewAddresses => 20,
            Publish published => _topics.GetValueOrDefault(published.Topic, 50),
            // Each opening begins with places of its own in a ledger's queue.
            Open => 1_000,
            Shut => 20,
            GetCompact => 100,
            // Measured by the program `proofs` of the benchmarks. For an inclusion a block is read and hashed, here one of the largest size.
            GetInclusion => 12_000,
            GetProof proof => 20 + 10 * proof.Keys.Length,
            GetAncestry => 200,
            Digest or Want => 5 + bytes / 256,
            _ => KindTable.Of(message.Kind) is { Turn: MessageTurn.Request } ? 5 : 0,
        },
        _ => 0,
    };

    private void ForgetThoseWithoutCharge()
    {
        foreach ((PeerId connection, Account account) in _accounts)
            if (LeftNow(account) >= Most) _accounts.Remove(connection);
    }

    private double LeftNow(Account account) => Math.Min(Most, account.Left + PerSecond * (output.Steady - account.At).TotalSeconds);

    private SteadyTime ResumesAt(Peer peer) => _accounts[LedgerPeerId.ConnectionOf(peer.Id)] is var account && account.Left < 0 ? account.At.Plus(TimeSpan.FromSeconds(-account.Left / PerSecond)) : account.At;

    private readonly record struct Account(double Left, SteadyTime At);
}
