using Coniunctum.Crypto;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Who makes room when all inbound slots are taken, in the manner of Bitcoin Core: what an attacker can have at will, many connections,
/// gains nothing; what costs is protected: a place in several parts of the network, short ways, transactions and blocks that
/// were new, a long time. Of the others the youngest of the largest group of addresses goes.
/// </summary>
/// <param name="slots">How many there are.</param>
/// <param name="entropy">Where the secret comes from by which groups are chosen.</param>
internal sealed class InboundSlots(int slots, IEntropySource entropy)
{
    // Of 64 slots: 4 by group, 8 by latency, 4 by transactions, 4 by blocks, then half of what is left by time.
    private readonly int _few = Math.Max(1, slots / 16);
    private readonly int _more = Math.Max(1, slots / 8);
    private readonly ulong _secret = entropy.Draw();

    /// <summary>Returns who makes room for another one; <c>null</c> where all are protected.</summary>
    /// <param name="inbound">Those that have the slots.</param>
    public Peer? Choose(IEnumerable<Peer> inbound)
    {
        // In a fixed order, and sorted stably: the same peers make the same choice.
        List<Peer> left = [.. inbound.OrderBy(peer => peer.Id.Value)];
        foreach (Peer[] group in Groups(left).OrderBy(group => Mix(group[0].Group!.Value)).Take(_few).ToArray()) left.Remove(Oldest(group));
        Protect(left, _more, peer => peer.Latency is not null, peer => peer.Latency!.Value.Ticks);
        Protect(left, _few, peer => peer.LastTransaction is not null, peer => -peer.LastTransaction!.Value.Elapsed.Ticks);
        Protect(left, _few, peer => peer.LastBlock is not null, peer => -peer.LastBlock!.Value.Elapsed.Ticks);
        Protect(left, (left.Count + 1) / 2, static _ => true, peer => peer.Since.Elapsed.Ticks);
        if (left.Count == 0) return null;
        Peer[] largest = [.. Groups(left).Where(group => group.Length > 1).OrderByDescending(group => group.Length).ThenByDescending(group => Youngest(group).Since).ThenBy(group => Mix(group[0].Group!.Value)).FirstOrDefault() ?? []];
        return Youngest(largest.Length > 0 ? largest : left);
    }

    /// <summary>The parts of the public network; peers of one's own network are in none.</summary>
    private static IEnumerable<Peer[]> Groups(IEnumerable<Peer> peers) =>
        peers.Where(peer => peer.Group is not null).GroupBy(peer => peer.Group!.Value).Select(group => group.ToArray());

    private static void Protect(List<Peer> left, int count, Func<Peer, bool> has, Func<Peer, long> order)
    {
        foreach (Peer peer in left.Where(has).OrderBy(order).Take(count).ToArray()) left.Remove(peer);
    }

    private static Peer Oldest(IEnumerable<Peer> peers) => peers.OrderBy(peer => peer.Since).ThenBy(peer => peer.Id.Value).First();

    private static Peer Youngest(IEnumerable<Peer> peers) => peers.OrderByDescending(peer => peer.Since).ThenByDescending(peer => peer.Id.Value).First();

    /// <summary>An order of groups that no one knows outside: the finalizer of SplitMix64 over the secret and the group.</summary>
    private ulong Mix(AddressGroup group)
    {
        ulong mixed = (group.Value ^ _secret) + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
