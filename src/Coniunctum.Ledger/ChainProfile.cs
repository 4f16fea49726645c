using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger;

/// <summary>
/// Everything that the nodes of one chain must agree on, as data. The engine never asks which profile it runs; it asks the
/// profile's parts.
/// </summary>
/// <example>
/// <code>
/// foreach (Parameter parameter in profile.Parameters) Console.WriteLine($"{parameter.Name} = {parameter.Value}");
/// </code>
/// </example>
[JsonConverter(typeof(NoJsonConverter<ChainProfile>))]
public sealed record ChainProfile
{
    /// <summary>The largest supply that a chain may ever have: 2⁶³−1 base units.</summary>
    public const ulong MaxSupply = long.MaxValue;

    /// <summary>The profile's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>How blocks and transactions become bytes and hashes.</summary>
    public required IBlockFormat Format { get; init; }

    /// <summary>How transactions are signed, and how a key becomes an address.</summary>
    public required ISignatureScheme Signatures { get; init; }

    /// <summary>What the chain begins with.</summary>
    public required GenesisSpec Genesis { get; init; }

    /// <summary>The consensus rule's name and parameters.</summary>
    public required IConsensusParameters Consensus { get; init; }

    /// <summary>How many base units each block creates.</summary>
    public required SubsidySchedule Subsidy { get; init; }

    /// <summary>How large things may be.</summary>
    public LedgerLimits Limits { get; init; } = new();

    /// <summary>Blocks after which a reward may be spent: 100 under proof-of-work, 1 under finality, 0 for at once.</summary>
    public ulong RewardMaturity { get; init; }

    /// <summary>How many blocks ahead a transaction's validity may end, where tags expire; at least 24 hours of blocks.</summary>
    public ulong TagWindow { get; init; } = 8640;

    /// <summary>The smallest payment that may create an account, in base units.</summary>
    public ulong MinimumOpeningPayment { get; init; } = 1;

    /// <summary>The intended time between blocks, which wallets and the pool reckon with.</summary>
    public TimeSpan BlockInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The prefix of the profile's addresses in Bech32m.</summary>
    public string AddressPrefix { get; init; } = "con";

    /// <summary>The applications that payloads may call, where the format has payloads.</summary>
    public ImmutableArray<ILedgerApplication> Applications { get; init; } = [];

    /// <summary>Heights at which the ruleset's number rises, in rising order.</summary>
    public ImmutableArray<Upgrade> Upgrades { get; init; } = [];

    /// <summary>The TCP port that is set aside for the chain's nodes; nothing listens on it by itself.</summary>
    public int DefaultPort { get; init; } = 5050;

    /// <summary>The TCP port that is set aside for a node's web page; nothing listens on it by itself.</summary>
    public int DefaultWebPort { get; init; } = 56_230;

    /// <summary>A height at which other rules take effect.</summary>
    /// <param name="Height">The first block under the new rules.</param>
    /// <param name="Ruleset">The number that its header carries.</param>
    public readonly record struct Upgrade(ulong Height, ushort Ruleset);

    /// <summary>Every parameter that genesis commits to, in order. Upgrades, ports and names are not among them.</summary>
    public IEnumerable<Parameter> Parameters
    {
        get
        {
            yield return new("format", Format.Traits.Name);
            yield return new("signatures", Signatures.Name);
            yield return new("address.prefix", AddressPrefix);
            yield return new("limits.payload", (ulong)Limits.MaxPayloadBytes);
            yield return new("limits.transaction", (ulong)Limits.MaxTransactionBytes);
            yield return new("limits.block", (ulong)Limits.MaxBlockBytes);
            yield return new("limits.seal", (ulong)Limits.MaxSealBytes);
            yield return new("limits.certificate", (ulong)Limits.MaxCertificateBytes);
            yield return new("reward.maturity", RewardMaturity);
            yield return new("tag.window", TagWindow);
            yield return new("payment.opening", MinimumOpeningPayment);
            yield return new("block.interval", (ulong)BlockInterval.TotalMilliseconds);
            foreach (Parameter parameter in Subsidy.Parameters) yield return parameter;
            foreach (Parameter parameter in ApplicationParameters) yield return parameter;
            yield return new("consensus", Consensus.RuleName);
            foreach (Parameter parameter in Consensus.Parameters) yield return parameter;
            yield return new("salt", Genesis.Salt);
        }
    }

    /// <summary>
    /// Hashes the canonical encoding of <see cref="Parameters"/>: an array of [name, value] pairs. Genesis carries it as its
    /// previous hash, so that chains with other rules have other identities.
    /// </summary>
    public Hash256 ComputeCommitment() => Sha3_256.Hash(ParameterCodec.Encode(Parameters));

    /// <summary>
    /// Returns the base units that exist after a block: genesis' allocations and all subsidies, at most <see cref="MaxSupply"/>.
    /// </summary>
    /// <param name="height">The block's height.</param>
    public ulong SupplyAt(ulong height)
    {
        UInt128 sum = Genesis.Allocations.Aggregate(Subsidy.SumThrough(height), (sum, allocation) => sum + allocation.Amount);
        return sum < MaxSupply ? (ulong)sum : MaxSupply;
    }

    /// <summary>Returns the number of the rules in force at a height.</summary>
    /// <param name="height">The height.</param>
    public ushort RulesetAt(ulong height)
    {
        ushort ruleset = 0;
        foreach (Upgrade upgrade in Upgrades)
        {
            if (upgrade.Height <= height) ruleset = upgrade.Ruleset;
        }

        return ruleset;
    }

    /// <summary>Returns the application of a number, or <c>null</c>.</summary>
    /// <param name="id">The number.</param>
    public ILedgerApplication? FindApplication(AppId id)
    {
        foreach (ILedgerApplication application in Applications)
        {
            if (application.Id == id) return application;
        }

        return null;
    }

    // Limits of what a chain does not have are none of its parameters.
    private IEnumerable<Parameter> ApplicationParameters => Applications.IsEmpty ? [] :
    [
        new("limits.entry.key", (ulong)Limits.MaxEntryKeyBytes),
        new("limits.entry.value", (ulong)Limits.MaxEntryValueBytes),
        new("work.call", (ulong)Limits.MaxCallWork),
        new("work.block", (ulong)Limits.MaxBlockWork),
        new("work.hook", (ulong)Limits.MaxHookWork),
        .. Applications.Select(application => new Parameter($"application.{application.Id}", application.Name)),
    ];

    /// <summary>Refuses parameters under which no sound chain can exist.</summary>
    /// <exception cref="ArgumentException">The message names the parameter and what it must be.</exception>
    public void ThrowIfImpossible()
    {
        Require(Name.Length is > 0 and <= 64, "The name must have 1 to 64 characters.");
        Require(AddressPrefix.Length is > 0 and <= 16 && AddressPrefix.All(char.IsAsciiLetterLower),
            $"The address prefix '{AddressPrefix}' must be 1 to 16 lowercase letters.");
        Require(BlockInterval > TimeSpan.Zero, $"The block interval must be positive, not {BlockInterval}.");
        Require(Limits.MaxPayloadBytes >= 0 && Limits.MaxPayloadBytes < Limits.MaxTransactionBytes
            && Limits.MaxTransactionBytes <= Limits.MaxBlockBytes - LedgerLimits.BlockOverheadBytes,
            $"The limits must rise from payload to transaction to block, with {LedgerLimits.BlockOverheadBytes} bytes to spare for the block's own.");
        Require(Limits.MaxBlockBytes <= 64 * 1024 * 1024, Invariant($"A block of {Limits.MaxBlockBytes} bytes is over 64 MiB."));
        Require(Subsidy is not SubsidySchedule.Halving { Interval: 0 }, "A subsidy halves after 1 block or more, not after 0.");
        Require(Subsidy.At(1) <= Format.Traits.MaxAmount, $"A subsidy of {Subsidy.At(1)} base units is more than {Format.Traits.MaxAmount}.");
        Require(DefaultPort is > 0 and <= ushort.MaxValue, Invariant($"The port {DefaultPort} is not between 1 and 65535."));
        Require(DefaultWebPort is > 0 and <= ushort.MaxValue && DefaultWebPort != DefaultPort,
            Invariant($"The web port {DefaultWebPort} is not between 1 and 65535, or is the nodes' own."));
        if (Format.Traits.TagsExpire)
        {
            Require(TagWindow * BlockInterval.TotalHours >= 24 - 1e-9,
                Invariant($"A tag window of {TagWindow} blocks of {BlockInterval.TotalSeconds} s does not cover 24 hours."));
        }

        Require(Upgrades.Zip(Upgrades.Skip(1)).All(pair => pair.First.Height < pair.Second.Height && pair.First.Ruleset < pair.Second.Ruleset)
            && Upgrades.All(upgrade => upgrade.Height > 0 && upgrade.Ruleset > 0), "Upgrades must rise in height and ruleset, from 1.");
        Require(Upgrades.IsEmpty || Format.Traits.HasExtendedHeader, "Headers of this format carry no ruleset: there can be no upgrades.");

        Require(Applications.IsEmpty || Format.Traits.HasExtendedHeader, "Blocks of this format carry no payloads and no state root: there can be no applications.");
        Require(Applications.Zip(Applications.Skip(1)).All(pair => pair.First.Id.Value < pair.Second.Id.Value), "Applications must stand in rising order of their numbers.");
        Require(Applications.All(application => application.Name.Length is > 0 and <= 64), "An application's name must have 1 to 64 characters.");
        Require(Limits.MaxEntryKeyBytes is > 0 and <= 1024 && Limits.MaxEntryValueBytes is > 0 and <= 64 * 1024,
            "Applications' keys must be allowed 1 to 1,024 bytes, and their values 1 byte to 64 KiB.");
        Require(Limits.MaxCallWork > 0 && Limits.MaxBlockWork >= Limits.MaxCallWork && Limits.MaxHookWork > 0 && Limits.MaxBlockWork <= long.MaxValue / 2,
            "The work that is allowed must be positive, and a block's not less than a call's.");

        UInt128 supply = 0;
        foreach (GenesisSpec.Allocation allocation in Genesis.Allocations)
        {
            Require(allocation.Receiver != Address.Root, "Genesis pays nothing to the root address.");
            Require(allocation.Amount >= 1 && allocation.Amount <= Format.Traits.MaxAmount,
                $"An allocation must be between 1 and {Format.Traits.MaxAmount}, not {allocation.Amount}.");
            supply += allocation.Amount;
        }

        Require(supply <= MaxSupply, $"Genesis allocates {supply} base units, more than {MaxSupply}.");
        Require(Genesis.Timestamp.UnixMilliseconds < Timestamp.Limit, "The genesis timestamp must be below 2^53.");

        static void Require(bool condition, string message)
        {
            if (!condition) throw new ArgumentException(message);
        }
    }
}
