using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;

namespace Coniunctum;

/// <summary>
/// The canonical encoding of a profile: [1, name, parameters as genesis commits to them, genesis time, list of [receiver, amount],
/// list of [height, ruleset], port, web port, what the rule's parameters commit to, chain id].
/// </summary>
internal static class ProfileCodec
{
    private const ulong Version = 1;
    private const int Fields = 10;
    private const int ChecksumBytes = 4;
    private const int MaxBytes = 512 * 1024;
    private const int MaxParameterBytes = 256 * 1024;
    private const int MaxNameBytes = 256;
    private const int MaxAllocations = 10_000;
    private const int MaxUpgrades = 1_000;
    private const int MaxCommittedBytes = 16 * 1024;

    /// <summary>Returns the encoding with its checksum in base64url.</summary>
    /// <exception cref="ArgumentException">Others could not make the same chain out of it.</exception>
    public static string ToText(ChainProfile profile)
    {
        byte[] encoded = Encode(profile);
        ProfileOutcome outcome = Decode(encoded, profile.Applications);
        if (!outcome.IsValid) throw new ArgumentException($"The profile {profile.Name} cannot be given to others: {outcome.Message}", nameof(profile));
        if (outcome.Profile!.Consensus.GetType() != profile.Consensus.GetType())
            throw new ArgumentException($"The profile {profile.Name} has a rule of its own under the name {profile.Consensus.RuleName}: others would take it for the one that they know.", nameof(profile));
        return Base64Url.EncodeToString([.. encoded, .. Checksum(encoded)]);
    }

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    public static ProfileOutcome FromText(ReadOnlySpan<char> text, IEnumerable<ILedgerApplication> applications)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out int consumed, out int length) != OperationStatus.Done || consumed != text.Length || length <= ChecksumBytes
            || !text.SequenceEqual(Base64Url.EncodeToString(bytes.AsSpan(0, length))))
        {
            return Damaged("it is not written as a profile is");
        }

        ReadOnlyMemory<byte> encoded = bytes.AsMemory(0, length - ChecksumBytes);
        return Checksum(encoded.Span).AsSpan().SequenceEqual(bytes.AsSpan(length - ChecksumBytes, ChecksumBytes))
            ? Decode(encoded, applications)
            : Damaged("its checksum does not fit, so some of it was changed or left out");
    }

    private static byte[] Encode(ChainProfile profile)
    {
        if (profile.Genesis is { IsDrawn: true, Salt.IsZero: true })
            throw new ArgumentException($"Each ledger of the profile {profile.Name} draws a genesis of its own: take the profile of a ledger that has started.", nameof(profile));
        if (profile.Consensus is RuleChange change)
            throw new ArgumentException($"The profile {profile.Name} hands over to another rule at height {change.Height}, which a chain's parameters do not say: others choose it as you did.", nameof(profile));
        if (profile.Consensus is not ConsensusSpec) throw new ArgumentException($"The rule {profile.Consensus.RuleName} builds nothing.", nameof(profile));
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(Version);
        writer.WriteString(profile.Name, MaxNameBytes);
        writer.WriteItem(ParameterCodec.Encode(profile.Parameters));
        writer.WriteUInt64(profile.Genesis.Timestamp.UnixMilliseconds);
        writer.WriteListHeader(profile.Genesis.Allocations.Length, MaxAllocations);
        foreach (GenesisSpec.Allocation allocation in profile.Genesis.Allocations)
        {
            writer.WriteArrayHeader(2);
            writer.WriteHash256(allocation.Receiver.Value);
            writer.WriteUInt64(allocation.Amount);
        }

        writer.WriteListHeader(profile.Upgrades.Length, MaxUpgrades);
        foreach (ChainProfile.Upgrade upgrade in profile.Upgrades)
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64(upgrade.Height);
            writer.WriteUInt64(upgrade.Ruleset);
        }

        writer.WriteUInt64((ulong)profile.DefaultPort);
        writer.WriteUInt64((ulong)profile.DefaultWebPort);
        writer.WriteBytes(profile.Consensus is BftConsensus bft ? bft.Validators.Encoded.Span : default, MaxCommittedBytes);
        writer.WriteHash256(GenesisBlock.Create(profile).Block.Id.Value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static ProfileOutcome Decode(ReadOnlyMemory<byte> encoded, IEnumerable<ILedgerApplication> applications)
    {
        if (encoded.Length > MaxBytes) return Damaged("it is too long");
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        ulong version = reader.ReadUInt64();
        if (!reader.IsFaulted && version != Version)
            return ProfileOutcome.Invalid(ProfileFault.Unknown, $"The profile is written in version {version} of its form, and this program knows version {Version}: a newer one reads it.");
        string name = reader.ReadString(MaxNameBytes);
        ReadOnlyMemory<byte> rules = reader.ReadItem(MaxParameterBytes);
        ulong timestamp = reader.ReadUInt64(Timestamp.Limit - 1);
        ImmutableArray<GenesisSpec.Allocation>.Builder allocations = ImmutableArray.CreateBuilder<GenesisSpec.Allocation>();
        for (int left = reader.ReadListHeader(MaxAllocations); left > 0 && !reader.IsFaulted; left--)
        {
            reader.ReadArrayHeader(2);
            allocations.Add(new GenesisSpec.Allocation(new Address(reader.ReadHash256()), reader.ReadUInt64()));
        }

        ImmutableArray<ChainProfile.Upgrade>.Builder upgrades = ImmutableArray.CreateBuilder<ChainProfile.Upgrade>();
        for (int left = reader.ReadListHeader(MaxUpgrades); left > 0 && !reader.IsFaulted; left--)
        {
            reader.ReadArrayHeader(2);
            upgrades.Add(new ChainProfile.Upgrade(reader.ReadUInt64(), reader.ReadUInt16()));
        }

        int port = (int)reader.ReadUInt64(ushort.MaxValue);
        int webPort = (int)reader.ReadUInt64(ushort.MaxValue);
        ReadOnlyMemory<byte> committed = reader.ReadBytes(MaxCommittedBytes);
        var chainId = new BlockId(reader.ReadHash256());
        if (!reader.End().IsValid) return Damaged(reader.Outcome.Message);
        if (!ParameterCodec.Decode(rules, out ImmutableArray<Parameter> parameters).IsValid) return Damaged("its parameters cannot be read");
        try
        {
            ChainProfile profile = new ProfileParts(parameters, committed, [.. applications]).Build(name) with
            {
                Upgrades = upgrades.ToImmutable(),
                DefaultPort = port,
                DefaultWebPort = webPort,
            };
            profile = profile with { Genesis = profile.Genesis with { Timestamp = new Timestamp(timestamp), Allocations = allocations.ToImmutable() } };
            return Check(profile, rules, chainId);
        }
        catch (UnknownPartException unknown)
        {
            return ProfileOutcome.Invalid(ProfileFault.Unknown, unknown.Message);
        }
        catch (Exception impossible) when (impossible is ArgumentException or OverflowException)
        {
            return ProfileOutcome.Invalid(ProfileFault.Impossible, $"No chain can exist under the profile {name}: {impossible.Message}");
        }
    }

    /// <summary>Compares what was made out of a text with what it says.</summary>
    private static ProfileOutcome Check(ChainProfile profile, ReadOnlyMemory<byte> rules, BlockId chainId)
    {
        profile.ThrowIfImpossible();
        if (!ParameterCodec.Encode(profile.Parameters).AsSpan().SequenceEqual(rules.Span))
            return ProfileOutcome.Invalid(ProfileFault.Unknown, $"The profile {profile.Name} has parameters that this program does not know, or in another order.");
        BlockId made = GenesisBlock.Create(profile).Block.Id;
        if (made != chainId) return ProfileOutcome.Invalid(ProfileFault.OtherChain, $"The profile {profile.Name} says that its chain is {chainId}, and what it describes is the chain {made}.");
        ((ConsensusSpec)profile.Consensus).Build(profile, made);
        return ProfileOutcome.Read(profile, made);
    }

    private static byte[] Checksum(ReadOnlySpan<byte> encoded) => Sha3_256.Hash(encoded).AsSpan()[..ChecksumBytes].ToArray();

    private static ProfileOutcome Damaged(string how) => ProfileOutcome.Invalid(ProfileFault.Malformed, $"The profile is damaged: {how.TrimEnd('.')}.");
}
