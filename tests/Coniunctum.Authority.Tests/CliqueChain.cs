using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Authority.Tests;

/// <summary>Headers under the rule itself, without bodies: signers are letters, A's address the least.</summary>
internal sealed class CliqueChain : IAncestors
{
    public static readonly TimeSpan Spacing = TimeSpan.FromSeconds(5);

    private readonly ProofOfAuthority _spec;
    private readonly ConsensusParts _parts;
    private readonly List<HeaderView> _headers = [];

    public CliqueChain(IEnumerable<string> signers, ulong epoch = ProofOfAuthority.DefaultEpoch)
    {
        _spec = new ProofOfAuthority(signers.Select(AddressOf), Spacing, epoch);
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance) with { Consensus = _spec };
        BlockId genesis = Ledger.Execution.GenesisBlock.Create(profile).Block.Id;
        _parts = _spec.Build(profile, genesis);
        State = (SignerState)_parts.Initial;
        _headers.Add(new HeaderView(Header(0, default, default), genesis, default));
    }

    public SignerState State { get; private set; }

    public IEnumerable<string> Signers => State.Signers.Select(signer => ((char)(signer.Value.AsSpan()[0] + 'A' - 1)).ToString());

    public HeaderView Parent => _headers[^1];

    public HeaderView At(ulong height) => _headers[(int)height];

    public static Address AddressOf(string name) => World.Owner((byte)(name[0] - 'A' + 1));

    /// <summary>Checks a header, and goes on behind it when it is valid. Who is no signer claims an index that does not exist.</summary>
    public Verdict Seal(string signer, string? subject = null, bool adds = false, Func<BlockHeader, BlockHeader>? change = null, byte[]? seal = null, Timestamp? now = null)
    {
        int index = State.IndexOf(AddressOf(signer));
        AuthorityVote vote = subject is null ? AuthorityVote.None : adds ? AuthorityVote.Add : AuthorityVote.Drop;
        var ballot = new Ballot(index < 0 ? State.Signers.Length : index, vote);
        BlockHeader header = Header(Parent.Height + 1, ballot, subject is null ? Hash256.Zero : AddressOf(subject).Value);
        header = change?.Invoke(header) ?? header;
        var view = new HeaderView(header, new BlockId(StandardFormat.Instance.Digest(header)), seal ?? PlainSignatures.Sign(AddressOf(signer), StandardFormat.Instance.Digest(header)));
        var claims = new SealClaims();
        Verdict verdict = _parts.Rule.Check(view, this, State, now, claims);
        if (!verdict.IsValid) return verdict;
        Assert.That(claims.Claims.Single().Signer, Is.EqualTo(AddressOf(signer)));
        State = (SignerState)_parts.Rule.Advance(State, view, null);
        Assert.That(_spec.ReadState(State.Encode()), Is.EqualTo(State), "what the store keeps says the same");
        _headers.Add(view);
        return verdict;
    }

    public Work WeightOf(string signer) =>
        _parts.Rule.Weight(new HeaderView(Header(Parent.Height + 1, new Ballot(State.IndexOf(AddressOf(signer)), AuthorityVote.None), default), default, default), State);

    private BlockHeader Header(ulong height, Ballot ballot, Hash256 target) => new()
    {
        Height = height,
        Nonce = ballot.Nonce,
        Previous = _headers.Count == 0 ? default : Parent.Id,
        MerkleRoot = default,
        Target = target,
        Timestamp = new Timestamp(1_000_000 + (height * (ulong)Spacing.TotalMilliseconds)),
    };
}
