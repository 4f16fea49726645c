using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers.Shell;

/// <summary>A side that has nothing but headers asks a node, and believes what its headers prove.</summary>
public sealed class ProofAnswersTests
{
    private static readonly AppId s_app = new(7);

    [Test]
    public void GetProof_AfterTheLast64Tips_IsShownByTheHeaderAlone()
    {
        PeerWorld world = WorldOf(StandardFormat.Instance);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock[] chain = Grow(world, node, 70);
        foreach (HashedBlock block in chain[6..])
        {
            ImmutableArray<StateProof?> proofs = ReadProofs(Ask<Proof>(world, peer, new GetProof(block.Id.Value, [Key(World.Bob), Key(World.Carol), Key(s_app, "nothing")])), 3);
            Assert.That(StateProof.VerifyBalance(proofs[0]!, block.Header.StateRoot, World.Bob, out ulong balance), Is.EqualTo(ProofOutcome.Present));
            Assert.That(balance, Is.EqualTo(500 + block.Header.Height), "a payment of 1 in each block");
            Assert.That(StateProof.VerifyBalance(proofs[1]!, block.Header.StateRoot, World.Carol, out _), Is.EqualTo(ProofOutcome.Absent));
            Assert.That(StateProof.VerifyEntry(proofs[2]!, block.Header.StateRoot, s_app, "nothing"u8, out _), Is.EqualTo(ProofOutcome.Absent));
            Assert.That(StateProof.VerifyBalance(proofs[0]!, block.Header.MerkleRoot, World.Bob, out _), Is.EqualTo(ProofOutcome.Invalid));
        }

        Assert.That(Ask<Proof>(world, peer, new GetProof(chain[5].Id.Value, [Key(World.Bob)])), Is.EqualTo(new Proof(chain[5].Id.Value, null)), "the 65th tip");
        Assert.That(Ask<Proof>(world, peer, new GetProof(world.Forge.Genesis.Id.Value, [Key(World.Bob)])).Bytes, Is.Not.Null, "a multiple of 4,096");
        Assert.That(Ask<Proof>(world, peer, new GetProof(Sha3_256.Hash("none"u8), [Key(World.Bob)])).Bytes, Is.Null);
    }

    [Test]
    public void GetProof_OfMoreThanAnAnswerHolds_LeavesOutWhatDoesNotFit()
    {
        // 16 entries of the greatest size.
        PeerWorld world = new(1, new World(World.ProfileOf(StandardFormat.Instance) with { Applications = [new Filler()] }));
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock block = Grow(world, node, 1)[0];
        ReadOnlyMemory<byte>[] keys = [.. Enumerable.Range(0, 16).Select(i => Key(s_app, Filler.KeyOf(i)))];
        Proof answer = Ask<Proof>(world, peer, new GetProof(block.Id.Value, [.. keys]));
        ImmutableArray<StateProof?> proofs = ReadProofs(answer, 16);
        Assert.That(answer.Bytes!.Value.Length, Is.InRange(WireLimits.ProofBytes - 1_300, WireLimits.ProofBytes));
        int left = proofs.Count(proof => proof is null);
        Assert.That(left, Is.InRange(1, 8));

        // What was left out is asked for again.
        proofs = [.. proofs[..^left], .. ReadProofs(Ask<Proof>(world, peer, new GetProof(block.Id.Value, [.. keys[^left..]])), left)];
        for (int i = 0; i < 16; i++)
        {
            Assert.That(StateProof.VerifyEntry(proofs[i]!, block.Header.StateRoot, s_app, System.Text.Encoding.ASCII.GetBytes(Filler.KeyOf(i)), out ReadOnlyMemory<byte> value), Is.EqualTo(ProofOutcome.Present));
            Assert.That(value.Length, Is.EqualTo(Filler.Bytes));
        }
    }

    [Test]
    public void GetInclusion_OfEachTransaction_IsShownByTheHeaderAlone([ValueSource(typeof(World), nameof(World.Formats))] IBlockFormat format)
    {
        PeerWorld world = WorldOf(format);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        Transaction[] payments = [.. Enumerable.Range(1, 6).Select(amount => world.Chain.Pay(World.Alice, World.Bob, (ulong)amount))];
        HashedBlock block = node.Mine(payments);
        world.Run(TimeSpan.FromSeconds(1));
        HashedBlock[] above = Grow(world, node, 80);
        foreach (Transaction transaction in block.Block.Transactions)
        {
            Inclusion answer = Ask<Inclusion>(world, peer, new GetInclusion(block.Id.Value, world.Chain.Hash(transaction).Leaf));
            Assert.That(InclusionProof.Decode(answer.Bytes!.Value, out InclusionProof? proof).IsValid);
            Assert.That(block.Block.Transactions.Select(other => proof!.Verify(block.Header.MerkleRoot, other, format)), Is.EqualTo(block.Block.Transactions.Select(other => other == transaction)));
            Assert.That(proof!.Verify(above[0].Header.MerkleRoot, transaction, format), Is.False);
        }

        Hash256 leaf = world.Chain.Hash(payments[0]).Leaf;
        Assert.That(Ask<Inclusion>(world, peer, new GetInclusion(above[0].Id.Value, leaf)), Is.EqualTo(new Inclusion(above[0].Id.Value, null)), "another block's");
        Assert.That(Ask<Inclusion>(world, peer, new GetInclusion(leaf, leaf)).Bytes, Is.Null, "no block");
    }

    [Test]
    public void GetAncestry_OfAnyTwoBlocks_IsShownByTheHeaderAlone()
    {
        PeerWorld world = WorldOf(StandardFormat.Instance);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock[] chain = [world.Forge.Genesis, .. Grow(world, node, 21)];
        foreach (HashedBlock block in new[] { chain[1], chain[16], chain[21] })
        {
            for (ulong height = 0; height < block.Header.Height; height++)
            {
                (BlockId id, Work weight, HistoryProof proof) = ReadAncestry(Ask<Ancestry>(world, peer, new GetAncestry(block.Id.Value, height)));
                Assert.That(id, Is.EqualTo(chain[height].Id));
                Assert.That(HistoryProof.Verify(proof, block.Header.HistoryRoot, block.Header.Height, height, id, weight));
                Assert.That(HistoryProof.Verify(proof, block.Header.HistoryRoot, block.Header.Height, height, chain[height + 1].Id, weight), Is.False);
            }

            Assert.That(Ask<Ancestry>(world, peer, new GetAncestry(block.Id.Value, block.Header.Height)).Bytes, Is.Null, "itself");
            Assert.That(Ask<Ancestry>(world, peer, new GetAncestry(block.Id.Value, ulong.MaxValue)).Bytes, Is.Null);
        }

        Assert.That(Ask<Ancestry>(world, peer, new GetAncestry(Sha3_256.Hash("none"u8), 0)).Bytes, Is.Null);
    }

    [Test]
    public void Proofs_OfABlockThatLost_AreNotGiven()
    {
        PeerWorld world = WorldOf(StandardFormat.Instance);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock lost = node.Mine();
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(Answers(lost), Has.None.Null);
        List<HashedBlock> others = world.Forge.Chain(world.Forge.Genesis, 2, World.Owner(0x77));
        foreach (HashedBlock block in others) node.Adopt(block);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(node.Tip, Is.EqualTo(others[1].Id));
        Assert.That(Answers(lost), Is.All.Null);
        Assert.That(Answers(others[1]), Has.None.Null);

        ReadOnlyMemory<byte>?[] Answers(HashedBlock block) =>
        [
            Ask<Proof>(world, peer, new GetProof(block.Id.Value, [Key(World.Bob)])).Bytes,
            Ask<Inclusion>(world, peer, new GetInclusion(block.Id.Value, world.Chain.Hash(block.Block.Transactions[0]).Leaf)).Bytes,
            Ask<Ancestry>(world, peer, new GetAncestry(block.Id.Value, 0)).Bytes,
        ];
    }

    [Test]
    public void Proofs_WhereHeadersHaveNoRoots_AreNotGiven()
    {
        PeerWorld world = WorldOf(Int32CoinFormat.Instance);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock block = Grow(world, node, 1)[0];
        Assert.That(Ask<Proof>(world, peer, new GetProof(block.Id.Value, [Key(World.Bob)])).Bytes, Is.Null);
        Assert.That(Ask<Ancestry>(world, peer, new GetAncestry(block.Id.Value, 0)).Bytes, Is.Null);
    }

    [Test]
    public void Proofs_MoreThanAPeerMayAskFor_HaveItReadLater()
    {
        PeerWorld world = WorldOf(StandardFormat.Instance);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock block = Grow(world, node, 1)[0];
        var question = new GetInclusion(block.Id.Value, world.Chain.Hash(block.Block.Transactions[0]).Leaf);
        for (int i = 0; i < 12; i++) Ask<Inclusion>(world, peer, question);
        Assert.That(node.Log.OfType<PeerEffect.SetReading>(), Is.Empty);
        for (int i = 0; i < 60; i++) Ask<Inclusion>(world, peer, question);
        Assert.That(node.Log.OfType<PeerEffect.SetReading>().First().IsReading, Is.False);
        Assert.That(node.Faults, Is.Empty);
    }

    [Test]
    public void Proofs_AskedAllAtOnce_ComeInTheirOrder()
    {
        PeerWorld world = WorldOf(StandardFormat.Instance);
        (PeerNode node, ScriptedPeer peer) = Begin(world);
        HashedBlock[] chain = Grow(world, node, 4);
        foreach (HashedBlock block in chain)
        {
            peer.Say(new GetProof(block.Id.Value, [Key(World.Bob)]));
            peer.Say(new GetAncestry(block.Id.Value, 0));
        }

        world.RunUntil(() => peer.Heard.Count(message => message is Proof or Ancestry) == 8, TimeSpan.FromSeconds(5), "all are answered");
        Assert.That(peer.Heard.OfType<Proof>().Select(proof => proof.BlockId), Is.EqualTo(chain.Select(block => block.Id.Value)));
        Assert.That(peer.Heard.OfType<Ancestry>().Select(ancestry => ancestry.BlockId), Is.EqualTo(chain.Select(block => block.Id.Value)));
        Assert.That(peer.Proven, Is.Null);
    }

    private static PeerWorld WorldOf(IBlockFormat format) => new(1, new World(format)) { Latency = TimeSpan.FromMilliseconds(1) };

    private static (PeerNode Node, ScriptedPeer Peer) Begin(PeerWorld world)
    {
        PeerNode node = world.Add();
        ScriptedPeer peer = world.Script(node, 200);
        world.Run(TimeSpan.FromSeconds(1));
        return (node, peer);
    }

    /// <summary>Makes blocks with a payment each, every one of them a durable tip.</summary>
    private static HashedBlock[] Grow(PeerWorld world, PeerNode node, int blocks)
    {
        var made = new HashedBlock[blocks];
        for (int i = 0; i < blocks; i++)
        {
            made[i] = node.Mine([world.Chain.Pay(World.Alice, World.Bob, 1, validUntil: node.Height + 10)]);
            world.Run(TimeSpan.FromMilliseconds(20));
            Assert.That(node.Store.Tip?.Id, Is.EqualTo(made[i].Id));
        }

        return made;
    }

    private static T Ask<T>(PeerWorld world, ScriptedPeer peer, WireMessage question)
        where T : WireMessage
    {
        int before = peer.Heard.Count;
        peer.Say(question);
        world.RunUntil(() => peer.Heard.Skip(before).OfType<T>().Any(), TimeSpan.FromSeconds(5), $"{question.Kind} is answered");
        return peer.Heard.Skip(before).OfType<T>().Single();
    }

    private static ReadOnlyMemory<byte> Key(Address address) => new byte[] { 0x00 }.Concat(address.Value.ToArray()).ToArray();

    private static ReadOnlyMemory<byte> Key(AppId application, string key)
    {
        byte[] number = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, application.Value);
        return new byte[] { 0x01 }.Concat(number).Concat(System.Text.Encoding.ASCII.GetBytes(key)).ToArray();
    }

    private static ImmutableArray<StateProof?> ReadProofs(Proof answer, int count)
    {
        var reader = new CanonicalReader(answer.Bytes!.Value);
        Assert.That(reader.ReadListHeader(WireLimits.ProofKeys), Is.EqualTo(count));
        var proofs = ImmutableArray.CreateBuilder<StateProof?>();
        for (int i = 0; i < count; i++)
        {
            StateProof? proof = null;
            if (!reader.TryReadNil()) Assert.That(StateProof.Decode(reader.ReadBytes(WireLimits.ProofBytes), new LedgerLimits(), out proof).IsValid);
            proofs.Add(proof);
        }

        Assert.That(reader.End().IsValid);
        return proofs.ToImmutable();
    }

    private static (BlockId Id, Work Weight, HistoryProof Proof) ReadAncestry(Ancestry answer)
    {
        var reader = new CanonicalReader(answer.Bytes!.Value);
        reader.ReadArrayHeader(3);
        (Hash256 id, Hash256 weight) = (reader.ReadHash256(), reader.ReadHash256());
        Assert.That(HistoryProof.Decode(reader.ReadBytes(WireLimits.ProofBytes), out HistoryProof? proof).IsValid);
        Assert.That(reader.End().IsValid);
        return (new BlockId(id), Work.FromBytes(weight), proof!);
    }

    /// <summary>Sets sixteen entries at the beginning of the first block.</summary>
    private sealed class Filler : ILedgerApplication
    {
        public const int Bytes = 1_024;

        public AppId Id => s_app;

        public string Name => "filler";

        public static string KeyOf(int entry) => FormattableString.Invariant($"entry {entry}");

        public CallOutcome Execute(Call call, ApplicationContext state) => CallOutcome.Done;

        public void BeginBlock(ApplicationContext state)
        {
            for (int i = 0; i < 16; i++) state.Set(System.Text.Encoding.ASCII.GetBytes(KeyOf(i)), new byte[Bytes]);
        }
    }
}
