using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>
/// Who certifies blocks, and with which weights: sorted by address, never empty, immutable. Two sets are equal when their
/// members are.
/// </summary>
public sealed class ValidatorSet : IReadOnlyList<Validator>, IEquatable<ValidatorSet>
{
    /// <summary>The most members that a set may have: their certificate then takes a tenth of the 64 KiB that it may take.</summary>
    public const int MaxCount = 100;

    /// <summary>The largest sum of weights; three times as much still fits into 64 bits.</summary>
    public const ulong MaxTotalWeight = 1UL << 60;

    // Address and weight with their heads, and the list's head.
    internal const int MaxEncodedBytes = 3 + (MaxCount * (1 + 2 + Hash256.Size + 9));

    private readonly ImmutableArray<Validator> _members;

    private ValidatorSet(ImmutableArray<Validator> members, ulong totalWeight)
    {
        _members = members;
        TotalWeight = totalWeight;
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteListHeader(members.Length, MaxCount);
        foreach (Validator member in members)
        {
            writer.WriteArrayHeader(2);
            writer.WriteHash256(member.Address.Value);
            writer.WriteUInt64(member.Weight);
        }

        writer.Flush();
        Encoded = buffer.WrittenMemory;
        Hash = Sha3_256.Hash(Encoded.Span);
        Proposers = new ProposerOrder(members, totalWeight);
    }

    /// <summary>The number of members: 1 to <see cref="MaxCount"/>.</summary>
    public int Count => _members.Length;

    /// <summary>The sum of all weights.</summary>
    public ulong TotalWeight { get; }

    /// <summary>The canonical encoding: a list of [address, weight] in rising order of addresses.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The hash of <see cref="Encoded"/>: what a header commits to.</summary>
    public Hash256 Hash { get; }

    internal ProposerOrder Proposers { get; }

    /// <summary>The member at a place in the order of addresses.</summary>
    /// <param name="index">From 0.</param>
    public Validator this[int index] => _members[index];

    /// <summary>Makes a set.</summary>
    /// <param name="members">The members, in any order.</param>
    /// <exception cref="ArgumentException">No chain can be certified by such a set; the message says why.</exception>
    public static ValidatorSet Of(IEnumerable<Validator> members) =>
        WhyImpossible([.. members], out ValidatorSet? set) is { } why ? throw new ArgumentException(why, nameof(members)) : set!;

    /// <summary>Makes a set of members of weight 1.</summary>
    /// <param name="members">Their addresses, in any order.</param>
    /// <exception cref="ArgumentException">No chain can be certified by such a set; the message says why.</exception>
    public static ValidatorSet Of(params IEnumerable<Address> members) => Of(members.Select(address => new Validator(address, 1)));

    /// <summary>Reads a set from untrusted bytes.</summary>
    /// <param name="encoded">The bytes.</param>
    /// <returns>The set, or <c>null</c> when the bytes are not the canonical encoding of one.</returns>
    public static ValidatorSet? Decode(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        int count = reader.ReadListHeader(MaxCount);
        var members = new List<Validator>(count);
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(2);
            members.Add(new Validator(new Address(reader.ReadHash256()), reader.ReadUInt64()));
        }

        if (!reader.End().IsValid || WhyImpossible([.. members], out ValidatorSet? set) is not null) return null;
        // Sorting has changed nothing when the bytes are the same.
        return set!.Encoded.Span.SequenceEqual(encoded.Span) ? set : null;
    }

    /// <summary>Returns a member's place, or −1.</summary>
    /// <param name="address">Its address.</param>
    public int IndexOf(Address address)
    {
        int low = 0;
        for (int high = _members.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (_members[middle].Address.CompareTo(address) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _members.Length && _members[low].Address == address ? low : -1;
    }

    /// <summary>Returns whether a weight is more than two thirds of the whole: two such groups share an honest member.</summary>
    /// <param name="weight">The sum of the weights of different members.</param>
    internal bool IsQuorum(ulong weight) => weight * 3 > TotalWeight * 2;

    /// <summary>Returns whether a weight is more than a third of the whole: such a group has an honest member.</summary>
    /// <param name="weight">The sum of the weights of different members.</param>
    internal bool HasHonest(ulong weight) => weight * 3 > TotalWeight;

    /// <summary>
    /// Returns the place of a round's proposer. A pure function: of any <see cref="TotalWeight"/> successive sums of height and
    /// round every member has exactly as many as its weight, spread evenly.
    /// </summary>
    /// <param name="height">The height.</param>
    /// <param name="round">The round, from 0.</param>
    public int ProposerAt(ulong height, int round) => Proposers.At(height, round);

    /// <summary>Returns the set with another weight for one address.</summary>
    /// <param name="address">The address, a member or not.</param>
    /// <param name="weight">Its weight from then on; 0 removes it.</param>
    /// <param name="changed">The set, or <c>null</c> when there can be no such set.</param>
    /// <returns>Why there can be none, or <c>null</c>.</returns>
    public string? Change(Address address, ulong weight, out ValidatorSet? changed)
    {
        ImmutableArray<Validator> others = _members.RemoveAll(member => member.Address == address);
        return WhyImpossible(weight == 0 ? others : others.Add(new Validator(address, weight)), out changed);
    }

    /// <inheritdoc/>
    public bool Equals(ValidatorSet? other) => other is not null && other.Hash == Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValidatorSet);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <inheritdoc/>
    public IEnumerator<Validator> GetEnumerator() => _members.AsEnumerable().GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string? WhyImpossible(ImmutableArray<Validator> members, out ValidatorSet? set)
    {
        set = null;
        if (members.IsEmpty) return "A set of validators has at least one member.";
        if (members.Length > MaxCount) return $"A set of validators has at most {MaxCount} members, not {members.Length}.";
        members = members.Sort((left, right) => left.Address.CompareTo(right.Address));
        ulong total = 0;
        for (int i = 0; i < members.Length; i++)
        {
            Validator member = members[i];
            if (member.Address.IsRoot) return "The root address has no key, so it cannot be a validator.";
            if (i > 0 && members[i - 1].Address == member.Address) return $"The validator {member.Address.Value} is named twice.";
            if (member.Weight == 0) return $"The weight of the validator {member.Address.Value} must be at least 1.";
            if (member.Weight > MaxTotalWeight - total) return $"The weights of all validators add up to more than {MaxTotalWeight}.";
            total += member.Weight;
        }

        set = new ValidatorSet(members, total);
        return null;
    }
}
