using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A ledger's part of a shared network, with a store that has genesis, whose machine takes what has come when a test says so.</summary>
internal sealed class StepLedger : IEffectSink<IPeerEffect>
{
    private readonly List<IPeerEffect> _effects = [];
    private TimeSpan _time = TimeSpan.FromSeconds(1);
    private int _taken;

    public StepLedger(SharedNetwork network, ChainProfile profile)
    {
        var store = new MemoryChainStore();
        var chain = new ChainCore(profile, new Consensus.Pool.PoolOptions(), new ChainOptions(), store);
        ChainId = chain.Genesis.Id;
        store.Commit(new StoreBatch { Connected = [new StoredBlock(HeadCodec.Write(chain.Genesis, profile.Format, chain.TipState.Encode(), Work.Zero), chain.Genesis.Encoded, default)] });
        Assert.That(network.TryAttach(profile, store, [], isPublic: false, out IPeerNetwork? part));
        Part = part!;
        Part.Start(Inputs, static _ => { }, new RecentStates(chain.Tip, new OwnedReading(chain.TakeReading())));
        Take(new NodeInput.Started(ChainId, static _ => null));
    }

    public BlockId ChainId { get; }

    public IPeerNetwork Part { get; }

    /// <summary>What has come.</summary>
    public RecordedInputs Inputs { get; } = new();

    /// <summary>Has the machine take all that has come and was not taken.</summary>
    public void TakeAll()
    {
        foreach (NodeInput input in Inputs.All.Skip(_taken))
        {
            _taken++;
            Take((IPeerInput)input);
        }
    }

    /// <summary>Lets a second pass, and the machine's timer run out behind it.</summary>
    public void Pass()
    {
        _time += TimeSpan.FromSeconds(1);
        Take(new NodeInput.TimerFired(PeerCore.Timer));
    }

    void IEffectSink<IPeerEffect>.Emit(IPeerEffect effect) => _effects.Add(effect);

    private void Take(IPeerInput input)
    {
        Part.Machine.Step(input, new NodeTime(new Timestamp(1_000_000_000UL + (ulong)_time.TotalMilliseconds), new SteadyTime(_time)), this);
        foreach (NodeEffect.ToNetwork effect in _effects.OfType<NodeEffect.ToNetwork>()) Part.Run(effect);
        _effects.Clear();
    }
}
