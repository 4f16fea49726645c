using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Authority;

/// <summary>
/// A set of signers seals in turns and votes on who belongs to it (EIP-225). Nothing is final: more than half of the signers
/// can rewrite the chain, and fewer cannot.
/// </summary>
public sealed class ProofOfAuthority : ConsensusSpec
{
    /// <summary>After so many blocks votes are forgotten, unless the chain says otherwise (EIP-225).</summary>
    public const ulong DefaultEpoch = 30_000;

    private readonly ImmutableArray<Address> _signers;

    /// <summary>Names the first signers.</summary>
    /// <param name="signers">Their addresses: 1 to 64, all different, none of them root.</param>
    /// <param name="spacing">The least time between blocks; at least 1 ms.</param>
    /// <param name="epoch">Pending votes are forgotten at heights that this divides; at least 1.</param>
    /// <exception cref="ArgumentException">No sound chain can exist under these parameters; the message says why.</exception>
    public ProofOfAuthority(IEnumerable<Address> signers, TimeSpan spacing, ulong epoch = DefaultEpoch)
    {
        _signers = [.. signers.Order()];
        if (_signers.IsEmpty) throw new ArgumentException("There must be a signer: no one else can make a block.", nameof(signers));
        if (_signers.Length > SignerState.MaxSigners)
            throw new ArgumentException($"There are {_signers.Length} signers, more than {SignerState.MaxSigners}.", nameof(signers));
        if (_signers[0].IsRoot) throw new ArgumentException("A signer must have a key; the root address has none.", nameof(signers));
        for (int i = 1; i < _signers.Length; i++)
        {
            if (_signers[i] == _signers[i - 1]) throw new ArgumentException($"The signer {_signers[i]} is named twice.", nameof(signers));
        }

        if (spacing < TimeSpan.FromMilliseconds(1) || spacing > TimeSpan.FromDays(1) || spacing.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new ArgumentException($"The time between blocks must be whole milliseconds from 1 ms to a day, not {spacing}.", nameof(spacing));
        if (epoch == 0) throw new ArgumentException("An epoch has at least 1 block.", nameof(epoch));
        (Spacing, Epoch) = (spacing, epoch);
    }

    /// <inheritdoc/>
    public override string RuleName => "proof-of-authority";

    /// <summary>The first signers, sorted.</summary>
    public IReadOnlyList<Address> Signers => _signers;

    /// <summary>The least time between blocks.</summary>
    public TimeSpan Spacing { get; }

    /// <summary>Pending votes are forgotten at heights that this divides.</summary>
    public ulong Epoch { get; }

    /// <inheritdoc/>
    public override Hash256 GenesisTarget => Hash256.Zero;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters =>
    [
        new("authority.spacing", (ulong)Spacing.TotalMilliseconds),
        new("authority.epoch", Epoch),
        .. _signers.Select(signer => new Parameter("authority.signer", signer.Value)),
    ];

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!profile.Format.Traits.HasExtendedHeader)
            throw new ArgumentException($"The format {profile.Format.Traits.Name} has no place for a seal.", nameof(profile));
        var rule = new ProofOfAuthorityRule(Spacing, Epoch);
        return new ConsensusParts(rule, new AgreedTies(new HeaviestChain()), new NoFinality(), new SignerState(_signers));
    }

    /// <inheritdoc/>
    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) => SignerState.Read(encoded);
}
