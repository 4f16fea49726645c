using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum;

/// <summary>
/// Makes a profile's parts out of its parameters: the only place that knows every rule by its name. What it makes is compared with
/// the parameters afterwards, so that nothing is read twice or passed over.
/// </summary>
/// <param name="parameters">The parameters, from untrusted bytes.</param>
/// <param name="committed">What a parameter only holds the hash of: a BFT chain's validators.</param>
/// <param name="applications">Applications that the program has.</param>
internal sealed class ProfileParts(ImmutableArray<Parameter> parameters, ReadOnlyMemory<byte> committed, ImmutableArray<ILedgerApplication> applications)
{
    private const string ApplicationPrefix = "application.";

    private static readonly IBlockFormat[] s_formats = [StandardFormat.Instance, Int32CoinFormat.Instance];
    private static readonly ISignatureScheme[] s_schemes = [new Secp256k1Scheme<Sha3_256>(), new Secp256k1Scheme<Sha256>()];
    private static readonly ForkChoiceRule[] s_forkChoices = [ForkChoiceRule.Heaviest, ForkChoiceRule.Longest, ForkChoiceRule.Ghost];
    private static readonly IHeaderPuzzle[] s_puzzles = [new DoubleSha3(), SquareSum.Bound, SquareSum.Paper];

    /// <summary>Makes the profile, but for what genesis does not commit to.</summary>
    /// <exception cref="UnknownPartException">It names something that is not here.</exception>
    /// <exception cref="ArgumentException">A part is impossible.</exception>
    /// <exception cref="OverflowException">A number is too large for what it means.</exception>
    public ChainProfile Build(string name)
    {
        ConsensusSpec rule = Rule();
        return new ChainProfile
        {
            Name = name,
            Format = Known("format", s_formats, format => format.Traits.Name),
            Signatures = Known("signatures", s_schemes, scheme => scheme.Name),
            Genesis = new GenesisSpec { Timestamp = default, Salt = Hash("salt") },
            Consensus = rule,
            Subsidy = Has("subsidy.constant")
                ? new SubsidySchedule.Constant(Number("subsidy.constant"))
                : new SubsidySchedule.Halving(Number("subsidy.initial"), Number("subsidy.halving")),
            Limits = Limits(),
            RewardMaturity = Number("reward.maturity"),
            TagWindow = Number("tag.window"),
            MinimumOpeningPayment = Number("payment.opening"),
            BlockInterval = Duration("block.interval"),
            AddressPrefix = Text("address.prefix"),
            Applications = Applications(rule),
        };
    }

    private LedgerLimits Limits()
    {
        var limits = new LedgerLimits
        {
            MaxPayloadBytes = Count("limits.payload"),
            MaxTransactionBytes = Count("limits.transaction"),
            MaxBlockBytes = Count("limits.block"),
            MaxSealBytes = Count("limits.seal"),
            MaxCertificateBytes = Count("limits.certificate"),
        };
        return !Has("limits.entry.key") ? limits : limits with
        {
            MaxEntryKeyBytes = Count("limits.entry.key"),
            MaxEntryValueBytes = Count("limits.entry.value"),
            MaxCallWork = checked((long)Number("work.call")),
            MaxBlockWork = checked((long)Number("work.block")),
            MaxHookWork = checked((long)Number("work.hook")),
        };
    }

    private ImmutableArray<ILedgerApplication> Applications(ConsensusSpec rule)
    {
        ImmutableArray<ILedgerApplication> known = rule is BftConsensus bft ? [bft.Application, .. applications.Where(application => application is not ValidatorsApplication)] : applications;
        return
        [
            .. parameters.Where(parameter => parameter.Name.StartsWith(ApplicationPrefix, StringComparison.Ordinal)).Select(parameter =>
                known.FirstOrDefault(application =>
                    $"{ApplicationPrefix}{application.Id}".Equals(parameter.Name, StringComparison.Ordinal) && application.Name.Equals(parameter.Value.ToString(), StringComparison.Ordinal))
                ?? throw new UnknownPartException($"The chain runs the application '{parameter.Value}' (number {parameter.Name[ApplicationPrefix.Length..]}), which this program does not have.")),
        ];
    }

    private ConsensusSpec Rule() => Text("consensus") switch
    {
        "proof-of-work" => Work(),
        "authority" => new SingleAuthority(new Address(Hash("authority"))),
        "proof-of-authority" => new ProofOfAuthority(
            parameters.Where(parameter => parameter.Name is "authority.signer").Select(parameter => new Address(HashOf(parameter))), Duration("authority.spacing"), Number("authority.epoch")),
        "bft" => new BftConsensus(
            ValidatorSet.Decode(committed) ?? throw new ArgumentException("the validators cannot be read."),
            new BftTiming
            {
                Pause = Duration("bft.pause"),
                Propose = Duration("bft.timeout.propose"),
                Vote = Duration("bft.timeout.vote"),
                Growth = Duration("bft.timeout.growth"),
                Resend = Duration("bft.resend"),
            }),
        var other => throw new UnknownPartException($"The chain's rule is '{other}', which this program does not have; it has proof-of-work, authority, proof-of-authority and bft."),
    };

    private ProofOfWork Work()
    {
        IDifficultyRule difficulty = Text("target.rule") switch
        {
            "constant" => new ConstantTarget(),
            "asert2" => new Asert(Duration("asert.spacing"), Duration("asert.halflife")),
            "bitcoin" => new BitcoinRetarget(Duration("bitcoin.spacing"), Count("bitcoin.window")),
            "lwma" => new Lwma(Duration("lwma.spacing"), Count("lwma.window")),
            var other => throw new UnknownPartException($"The chain's target follows the rule '{other}', which this program does not have; it has constant, asert2, bitcoin and lwma."),
        };
        var first = new Target(Hash("target"));
        return new ProofOfWork(
            difficulty is ConstantTarget ? first : new Target(Hash("target.limit")), difficulty, first, Has("puzzle") ? Known("puzzle", s_puzzles, puzzle => puzzle.Name) : null)
        {
            ForkChoice = Has("forkchoice") ? Known("forkchoice", s_forkChoices, choice => choice.Name) : ForkChoiceRule.Heaviest,
        };
    }

    private T Known<T>(string name, IReadOnlyList<T> known, Func<T, string> nameOf)
    {
        string text = Text(name);
        foreach (T one in known)
        {
            if (nameOf(one).Equals(text, StringComparison.Ordinal)) return one;
        }

        throw new UnknownPartException($"The chain's {name} is '{text}', which this program does not have; it has {string.Join(", ", known.Select(nameOf))}.");
    }

    private bool Has(string name) => parameters.Any(parameter => parameter.Name.Equals(name, StringComparison.Ordinal));

    private Parameter Of(string name)
    {
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Name.Equals(name, StringComparison.Ordinal)) return parameter;
        }

        throw new ArgumentException($"the parameter {name} is missing.");
    }

    private string Text(string name) => Of(name).Value.ToString();

    private ulong Number(string name) => Of(name).Value.Number;

    private int Count(string name) => checked((int)Number(name));

    private TimeSpan Duration(string name) => TimeSpan.FromTicks(checked((long)Number(name) * TimeSpan.TicksPerMillisecond));

    private Hash256 Hash(string name) => HashOf(Of(name));

    private static Hash256 HashOf(Parameter parameter) =>
        Hash256.TryParse(parameter.Value.ToString(), out Hash256 hash) ? hash : throw new ArgumentException($"the parameter {parameter.Name} is no value of 32 bytes.");
}
