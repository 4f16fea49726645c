using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>A client without blocks, over TCP and TLS: it has headers that it has chained by itself, and believes what they prove.</summary>
public sealed class LedgerNetworkProofsTests
{
    private const int Payments = 9;

    private static readonly Address s_friend = new(Sha3_256.Hash([7]));
    private static readonly Address s_nobody = new(Sha3_256.Hash([8]));
    private static readonly IBlockFormat s_format = Profiles.Development.Format;

    private PrivateKey _key = null!;
    private LedgerGroup _group = null!;
    private LedgerHost _ledger = null!;
    private WireClient _client = null!;
    private List<Transaction> _payments = null!;

    // By height, each the parent of the next.
    private (BlockId Id, BlockHeader Header)[] _headers = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _group = new LedgerGroup(new SingleAuthority(Profiles.Development.Signatures.AddressOf(_key.PublicKey)));
        _ledger = await _group.StartAsync(build: builder => builder.UseAuthority(_key));
        _payments = [];
        for (ulong amount = 1; amount <= Payments; amount++)
        {
            _payments.Add(Transfer.Sign(_group.Owner, to: s_friend, amount, _ledger.Context));
            await _ledger.SubmitAndConfirmAsync(_payments[^1]).Soon();
        }

        await _ledger.WaitUntilSettledAsync().Soon();
        _client = await WireClient.OpenAsync(_ledger.Network!.Endpoints[0], _ledger.ChainId);
        Headers answer = await _client.AskAsync<Headers>(new GetHeaders([_ledger.ChainId.Value], null));
        _headers = [.. answer.Heads.Select(head => Read(head.Header))];
        BlockId parent = _ledger.ChainId;
        foreach ((BlockId id, BlockHeader header) in _headers)
        {
            Assert.That(header.Previous, Is.EqualTo(parent));
            parent = id;
        }

        Assert.That(_headers, Has.Length.EqualTo(Payments));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _group.DisposeAsync();
        _key.Dispose();
    }

    [Test]
    public async Task GetProof_ShowsWhatAnAccountHeldBehindABlock_AndThatAnotherHeldNothing()
    {
        foreach ((BlockId id, BlockHeader header) in _headers)
        {
            Proof answer = await _client.AskAsync<Proof>(new GetProof(id.Value, [KeyOf(s_friend), KeyOf(s_nobody)]));
            ImmutableArray<StateProof> proofs = ReadProofs(answer.Bytes!.Value);
            ProofOutcome outcome = StateProof.VerifyBalance(proofs[0], header.StateRoot, s_friend, out ulong balance);
            Assert.That((outcome, balance), Is.EqualTo((ProofOutcome.Present, header.Height * (header.Height + 1) / 2)));
            Assert.That(StateProof.VerifyBalance(proofs[1], header.StateRoot, s_nobody, out _), Is.EqualTo(ProofOutcome.Absent));
            Assert.That(StateProof.VerifyBalance(proofs[0], _headers[(int)header.Height % Payments].Header.StateRoot, s_friend, out _), Is.EqualTo(ProofOutcome.Invalid), "another block's root");
        }
    }

    [Test]
    public async Task GetInclusion_ShowsThatATransactionIsInItsBlock_AndInNoOther()
    {
        for (int i = 0; i < Payments; i++)
        {
            (BlockId id, BlockHeader header) = _headers[i];
            Inclusion answer = await _client.AskAsync<Inclusion>(new GetInclusion(id.Value, LeafOf(_payments[i])));
            Assert.That(InclusionProof.Decode(answer.Bytes!.Value, out InclusionProof? proof).IsValid);
            Assert.That(proof!.Verify(header.MerkleRoot, _payments[i], s_format));
            Assert.That(proof.Verify(header.MerkleRoot, _payments[(i + 1) % Payments], s_format), Is.False);
            answer = await _client.AskAsync<Inclusion>(new GetInclusion(id.Value, LeafOf(_payments[(i + 1) % Payments])));
            Assert.That(answer, Is.EqualTo(new Inclusion(id.Value, null)));
        }
    }

    [Test]
    public async Task GetAncestry_ShowsWhichBlockStandsBelowTheTip()
    {
        (BlockId tip, BlockHeader header) = _headers[^1];
        foreach ((BlockId id, BlockHeader below) in _headers[..^1])
        {
            Ancestry answer = await _client.AskAsync<Ancestry>(new GetAncestry(tip.Value, below.Height));
            (BlockId found, Work weight, HistoryProof proof) = ReadAncestry(answer.Bytes!.Value);
            Assert.That(found, Is.EqualTo(id));
            Assert.That(HistoryProof.Verify(proof, header.HistoryRoot, header.Height, below.Height, id, weight));
            Assert.That(HistoryProof.Verify(proof, header.HistoryRoot, header.Height, below.Height, tip, weight), Is.False);
        }
    }

    private static (BlockId Id, BlockHeader Header) Read(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        BlockHeader header = s_format.Codec.ReadHeader(ref reader);
        Assert.That(reader.End().IsValid);
        return (new BlockId(s_format.Digest(header)), header);
    }

    private static ReadOnlyMemory<byte> KeyOf(Address address) => new byte[] { 0x00 }.Concat(address.Value.ToArray()).ToArray();

    private static ImmutableArray<StateProof> ReadProofs(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        int count = reader.ReadListHeader(WireLimits.ProofKeys);
        var proofs = ImmutableArray.CreateBuilder<StateProof>();
        for (int i = 0; i < count; i++)
        {
            Assert.That(StateProof.Decode(reader.ReadBytes(WireLimits.ProofBytes), Profiles.Development.Limits, out StateProof? proof).IsValid);
            proofs.Add(proof!);
        }

        Assert.That(reader.End().IsValid);
        return proofs.ToImmutable();
    }

    private static (BlockId Id, Work Weight, HistoryProof Proof) ReadAncestry(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(3);
        (Hash256 id, Hash256 weight) = (reader.ReadHash256(), reader.ReadHash256());
        Assert.That(HistoryProof.Decode(reader.ReadBytes(WireLimits.ProofBytes), out HistoryProof? proof).IsValid);
        Assert.That(reader.End().IsValid);
        return (new BlockId(id), Work.FromBytes(weight), proof!);
    }

    private Hash256 LeafOf(Transaction transaction) => new TransactionHasher(s_format, _ledger.ChainId).Hash(transaction).Leaf;
}
