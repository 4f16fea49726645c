using System.Globalization;
using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// Finality by votes, after Tendermint: a block is adopted with the signatures of validators of more than two thirds of the
/// weight, and never undone. Agreement holds while those who lie have less than a third, whatever the network does; progress
/// needs messages that arrive in time.
/// </summary>
public sealed class BftConsensus : ConsensusSpec
{
    /// <summary>Names the first validators.</summary>
    /// <param name="validators">Who certifies the first blocks.</param>
    /// <param name="timing">How long they wait; <c>null</c> for the defaults.</param>
    /// <exception cref="ArgumentException">A time is zero, negative or over a day; the message says which.</exception>
    public BftConsensus(ValidatorSet validators, BftTiming? timing = null)
    {
        ArgumentNullException.ThrowIfNull(validators);
        Validators = validators;
        Timing = timing ?? new BftTiming();
        Timing.ThrowIfImpossible();
        Application = new ValidatorsApplication(validators);
    }

    /// <summary>Who certifies the first blocks.</summary>
    public ValidatorSet Validators { get; }

    /// <summary>
    /// By which validators change their set. A profile that does not name it among its <see cref="ChainProfile.Applications"/>
    /// has the same validators for ever.
    /// </summary>
    public ValidatorsApplication Application { get; }

    /// <summary>How long validators wait.</summary>
    public BftTiming Timing { get; }

    /// <inheritdoc/>
    public override string RuleName => "bft";

    /// <inheritdoc/>
    public override Hash256 GenesisTarget => Validators.Hash;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters =>
    [
        new("bft.validators", Validators.Hash),
        new("bft.pause", Milliseconds(Timing.Pause)),
        new("bft.timeout.propose", Milliseconds(Timing.Propose)),
        new("bft.timeout.vote", Milliseconds(Timing.Vote)),
        new("bft.timeout.growth", Milliseconds(Timing.Growth)),
        new("bft.resend", Milliseconds(Timing.Resend)),
    ];

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!profile.Format.Traits.HasExtendedHeader)
            throw new ArgumentException($"The format {profile.Format.Traits.Name} has no place for a certificate.", nameof(profile));
        int largest = ValidatorSet.MaxCount * (profile.Signatures.SignatureSize + 8);
        if (profile.Signatures.SignatureSize > BftMessage.MaxSignatureBytes || largest > profile.Limits.MaxCertificateBytes)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"A certificate of {ValidatorSet.MaxCount} validators may take {largest} bytes, more than the {profile.Limits.MaxCertificateBytes} that it may have."),
                nameof(profile));
        }

        if (profile.FindApplication(Application.Id) is { } found)
        {
            if (!ReferenceEquals(found, Application))
                throw new ArgumentException("The application by which validators change their set must be this rule's own.", nameof(profile));
            if (profile.Limits.MaxEntryValueBytes < ValidatorsApplication.SliceBytes)
                throw new ArgumentException(Invariant($"Values of {profile.Limits.MaxEntryValueBytes} bytes are too short for a set of validators; {ValidatorsApplication.SliceBytes} are needed."), nameof(profile));
        }

        return new ConsensusParts(new BftRule(), new HeaviestChain(), new BftFinality(genesis), new BftState(Validators, Validators), new BftTopics(genesis, profile.Limits));
    }

    /// <inheritdoc/>
    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) => BftState.Decode(encoded)
        ?? throw new InvalidDataException($"The store's {encoded.Length} bytes are no state of the rule {RuleName}.");

    private static ulong Milliseconds(TimeSpan span) => (ulong)span.TotalMilliseconds;
}
