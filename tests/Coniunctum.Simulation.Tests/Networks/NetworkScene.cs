using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Simulation.Tests.Networks;

/// <summary>A world of fifteen nodes and up to two that join late, under one of the rules, and payments among them.</summary>
internal sealed class NetworkScene
{
    public const int Size = 15;
    public const int MostNodes = Size + 2;
    public const ulong Grant = 1_000_000;

    // As many sign or vote; the others follow.
    private const int Signers = 5;
    private const int Validators = 4;
    private const int Payers = 5;
    private const ulong HashesPerBlock = 16;

    private static readonly BftTiming s_timing = new()
    {
        Pause = TimeSpan.FromSeconds(2),
        Propose = TimeSpan.FromSeconds(2),
        Vote = TimeSpan.FromSeconds(1),
        Growth = TimeSpan.FromMilliseconds(250),
        Resend = TimeSpan.FromSeconds(1),
    };

    private readonly NetworkRule _rule;
    private readonly ImmutableArray<PrivateKey> _keys;
    private readonly ImmutableArray<Address> _addresses;

    public NetworkScene(ulong seed, NetworkRule rule, bool isFast)
    {
        _rule = rule;
        Random = new SeededRandom(seed);
        Interval = rule == NetworkRule.Bft ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(isFast ? 0.8 : 5);
        var links = new LinkOptions
        {
            LeastDelay = TimeSpan.FromMilliseconds(5),
            GreatestDelay = TimeSpan.FromMilliseconds(isFast ? 30 : 30 + Random.Below(70)),
            Loss = Random.Happens(0.5) ? 0 : 0.1 * Random.Fraction(),
            Resets = isFast || Random.Happens(0.5) ? 0 : 0.000_5 * Random.Fraction(),
        };
        World = new World(seed, new WorldOptions { Links = links });
        _keys = [.. Enumerable.Range(0, Size).Select(_ => PrivateKey.Generate(World.Random))];
        ISignatureScheme scheme = Profiles.Development.Signatures;
        _addresses = [.. _keys.Select(key => scheme.AddressOf(key.PublicKey))];
        ConsensusSpec spec = rule switch
        {
            NetworkRule.Clique => new ProofOfAuthority(_addresses.Take(Signers), Interval),
            NetworkRule.Bft => new BftConsensus(ValidatorSet.Of(_addresses.Take(Validators)), s_timing),
            _ => new ProofOfWork(ProofOfWork.TargetFor(HashesPerBlock).Value) { ForkChoice = rule == NetworkRule.Ghost ? ForkChoiceRule.Ghost : ForkChoiceRule.Heaviest },
        };
        Profile = Profiles.Development with
        {
            Consensus = spec,
            Applications = spec is BftConsensus bft ? [bft.Application] : [],
            Genesis = new GenesisSpec
            {
                Timestamp = Profiles.Development.Genesis.Timestamp,
                Allocations = [.. _addresses.Take(Payers).Select(address => new GenesisSpec.Allocation(address, Grant))],
            },
        };
        Invariants = new NetworkInvariants(this);
        for (int i = 0; i < Size; i++) Add();
    }

    public World World { get; }

    public ChainProfile Profile { get; }

    /// <summary>Randomness of the script.</summary>
    public SeededRandom Random { get; }

    /// <summary>How long a block takes on average when nothing is wrong.</summary>
    public TimeSpan Interval { get; }

    public NetworkInvariants Invariants { get; }

    /// <summary>Whether nodes that start make no blocks.</summary>
    public bool IsAtRest { get; set; }

    public List<Transaction> Payments { get; } = [];

    /// <summary>Those that no rule needs to make blocks, and that may lose what they had.</summary>
    public IEnumerable<SimulatedNode> Followers => World.Nodes.Where(node => node.Index >= Signers);

    public bool IsAgreed => World.Nodes.All(node => node.IsUp && node.Chain.Tip.Id == World.Nodes[0].Chain.Tip.Id);

    public ulong Height => World.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height);

    /// <summary>Adds a node that dials some of the others, also such as dial it.</summary>
    public SimulatedNode Add()
    {
        int index = World.Nodes.Count;
        int[] dialled = [(index + 1) % Size, (index + 2) % Size, (index + Size - 1) % Size, Random.Below(Size), Random.Below(Size)];
        return World.AddNode(Profile, new NodeOptions
        {
            Dials = [.. dialled.Where(other => other != index).Distinct()],
            HashRate = HashesPerBlock / Interval.TotalSeconds / Size,
            ClockOffset = TimeSpan.FromMilliseconds(Random.Below(200)),
            ClockDriftPerMillion = Random.Below(100),
            RemembersCommits = index >= Signers,
            Chain = new ChainOptions { CheckpointBlocks = 16 },
            Producer = index < Size ? search => IsAtRest ? null : MakeProducer(index, search) : null,
        });
    }

    /// <summary>Lets time pass, with a payment now and then, until something holds.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        TimeSpan end = World.Now + limit;
        while (World.Now < end)
        {
            TimeSpan step = Interval * (0.3 + Random.Fraction());
            if (World.RunUntil(condition, step < end - World.Now ? step : end - World.Now)) return true;
            Pay();
        }

        return condition();
    }

    public void RunFor(TimeSpan span) => RunUntil(() => false, span);

    private void Pay()
    {
        SimulatedNode node = World.Nodes[Random.Below(World.Nodes.Count)];
        if (!node.IsUp) return;
        int payer = Random.Below(Payers);
        Transaction payment = Transfer.Sign(_keys[payer], _addresses[Random.Below(Size)], 1 + (ulong)Random.Below(9), node.Context);
        Payments.Add(payment);
        node.Submit(payment);
    }

    private IBlockProducer? MakeProducer(int index, INonceSearch search) => (_rule, Profile.Consensus) switch
    {
        (NetworkRule.Clique, ProofOfAuthority clique) => index < Signers
            ? new ProofOfAuthorityProducer(clique, _keys[index], Profile.Signatures, new AuthorityOptions { Wiggle = TimeSpan.FromSeconds(1) })
            : null,
        (NetworkRule.Bft, BftConsensus bft) => index < Validators ? new BftProducer(bft, _keys[index], Profile, World.Random) : null,
        _ => new ProofOfWorkProducer(_addresses[index], new MiningOptions(), search),
    };
}
