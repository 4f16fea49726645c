using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Sync;

/// <summary>
/// Bodies that peers were asked for: each of one peer at a time, whoever wants it. A peer that delivers nothing for a while loses
/// all that it was asked for, and is given longer from then on; what it still sends is its late answer, and no fault.
/// </summary>
internal sealed class BodyFetcher(PeerOutput output)
{
    private const long MostBytes = 2L * 1_024 * 1_024;

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(64);

    private readonly Dictionary<Peer, Source> _sources = [];
    private readonly Dictionary<BlockId, Flight> _flights = [];

    /// <summary>Bodies that have come.</summary>
    public long Received { get; private set; }

    /// <summary>Bodies that have come although they were here.</summary>
    public long ReceivedTwice { get; private set; }

    /// <summary>A body has come otherwise than as an answer.</summary>
    public void NoteReceived() => Received++;

    public SteadyTime Due => _flights.Count == 0
        ? new SteadyTime(TimeSpan.MaxValue)
        : _sources.Values.Where(source => source.Flights > 0).Select(source => source.Deadline).DefaultIfEmpty(new SteadyTime(TimeSpan.MaxValue)).Min();

    public bool IsAsked(BlockId id) => _flights.ContainsKey(id);

    /// <summary>Whether a peer owes a body: it was asked for it, perhaps long ago, and will be heard of. It is not asked again.</summary>
    public bool Owes(Peer peer, BlockId id) => _sources.TryGetValue(peer, out Source? source) && source.Asked.ContainsKey(id);

    public void Open(Peer peer) => _sources[peer] = new Source();

    public void Close(Peer peer)
    {
        if (_sources.Remove(peer, out Source? source)) LoseAll(peer, source);
    }

    /// <summary>How many more bodies a peer may be asked for.</summary>
    public int RoomOf(Peer peer)
    {
        if (peer.IsClosing || !_sources.TryGetValue(peer, out Source? source)) return 0;
        long most = Math.Clamp(MostBytes / Math.Max(1, source.MeanBytes), 1, WireLimits.BlockIds);
        return (int)Math.Max(0, most - source.Asked.Count);
    }

    /// <summary>How many times a peer has held up what it was asked for, and has not made up for it.</summary>
    public int DelaysOf(Peer peer) => _sources.TryGetValue(peer, out Source? source) ? source.Delays : int.MaxValue;

    /// <summary>Asks a peer for bodies.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="ids">What it has room for; none of them asked for, and none that it owes.</param>
    /// <param name="client">Who wants them.</param>
    public void Ask(Peer peer, ImmutableArray<BlockId> ids, IBodyClient client)
    {
        Source source = _sources[peer];
        if (source.Flights == 0) source.Deadline = output.Steady.Plus(source.Patience);
        foreach (BlockId id in ids)
        {
            _flights.Add(id, new Flight(peer, client, output.Steady));
            source.Asked.Add(id, client);
        }

        source.Flights += ids.Length;
        output.Send(peer, new GetBlocks([.. ids.Select(id => id.Value)]));
    }

    /// <summary>Takes a body; returns whether it was asked for.</summary>
    public bool TryTake(Peer peer, HashedBlock block)
    {
        if (!_sources.TryGetValue(peer, out Source? source) || !source.Asked.Remove(block.Id, out IBodyClient? client)) return false;
        Received++;
        source.MeanBytes = (3 * source.MeanBytes + block.Encoded.Length) / 4;
        // A late answer is as good as the one that was asked for instead, which is then the second; but not for another client, which wants the
        // block with its certificate where this one wants a proposal.
        if (_flights.TryGetValue(block.Id, out Flight? flight) && (flight.Peer == peer || ReferenceEquals(flight.Client, client)))
        {
            _flights.Remove(block.Id);
            _sources[flight.Peer].Flights--;
            if (flight.Peer == peer) source.Progress(output.Steady, output.Steady - flight.Since);
            client = flight.Client;
        }

        if (!client.TryTake(peer, block)) ReceivedTwice++;
        return true;
    }

    /// <summary>Takes what a peer does not have; returns whether all of it was asked for.</summary>
    public bool TryTake(Peer peer, Missing missing)
    {
        if (!_sources.TryGetValue(peer, out Source? source)) return false;
        foreach (BlockId id in missing.Ids.Select(value => new BlockId(value)))
        {
            if (!source.Asked.Remove(id)) return false;
            if (_flights.TryGetValue(id, out Flight? flight) && flight.Peer == peer) Lose(id, flight);
        }

        return true;
    }

    /// <summary>Takes away from peers what they hold up.</summary>
    public void Look()
    {
        foreach ((Peer peer, Source source) in _sources)
        {
            if (source.Flights == 0 || output.Steady < source.Deadline) continue;
            source.Delays = Math.Min(source.Delays + 1, 5);
            LoseAll(peer, source);
        }
    }

    private void LoseAll(Peer peer, Source source)
    {
        foreach ((BlockId id, Flight flight) in _flights.Where(flight => flight.Value.Peer == peer).ToArray()) Lose(id, flight);
    }

    private void Lose(BlockId id, Flight flight)
    {
        _flights.Remove(id);
        if (_sources.TryGetValue(flight.Peer, out Source? source)) source.Flights--;
        flight.Client.Lost(flight.Peer, id);
    }

    private sealed record Flight(Peer Peer, IBodyClient Client, SteadyTime Since);

    private sealed class Source
    {
        private TimeSpan _roundTrip;

        /// <summary>What it was asked for and has not answered, also what it has lost meanwhile.</summary>
        public Dictionary<BlockId, IBodyClient> Asked { get; } = [];

        /// <summary>How much of it is still waited for.</summary>
        public int Flights { get; set; }

        public SteadyTime Deadline { get; set; }

        public int Delays { get; set; }

        public long MeanBytes { get; set; }

        public TimeSpan Patience
        {
            get
            {
                TimeSpan least = 3 * _roundTrip;
                TimeSpan patience = (least > s_shortest ? least : s_shortest) * (1 << Delays);
                return patience < s_longest ? patience : s_longest;
            }
        }

        public void Progress(SteadyTime now, TimeSpan took)
        {
            _roundTrip = _roundTrip == default ? took : (3 * _roundTrip + took) / 4;
            Delays = 0;
            Deadline = now.Plus(Patience);
        }
    }
}
