using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Authority;

/// <summary>What proof-of-authority carries from block to block: the signers, who of them sealed lately, and their votes.</summary>
internal sealed record SignerState : RuleState
{
    /// <summary>How many signers there may be; with all of them voting, the state of a block stays within a few KiB.</summary>
    public const int MaxSigners = 64;

    // EIP-225 sets none. Without a limit one signer could fill every node's store with votes until the epoch ends; the oldest
    // one of a signer lapses when it casts one more than this.
    private const int MaxVotesPerSigner = 8;

    private const int Fields = 3;
    private const int PairFields = 2;

    private readonly ImmutableArray<SealedHeight> _recent;
    private readonly ImmutableArray<PendingVote> _votes;
    private readonly byte[] _encoded;

    /// <summary>Begins with a set of signers.</summary>
    public SignerState(ImmutableArray<Address> signers)
        : this(signers, [], [])
    {
    }

    private SignerState(ImmutableArray<Address> signers, ImmutableArray<SealedHeight> recent, ImmutableArray<PendingVote> votes)
    {
        if (signers.IsEmpty) throw new ArgumentException("There must be a signer: no one else can make a block.", nameof(signers));
        (Signers, _recent, _votes) = (signers, recent, votes);
        _encoded = Write();
    }

    /// <summary>The signers, sorted.</summary>
    public ImmutableArray<Address> Signers { get; }

    /// <summary>A signer seals at most one of so many consecutive blocks, and so many votes are a majority: ⌊n/2⌋+1.</summary>
    public int Limit => LimitOf(Signers.Length);

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such state.</exception>
    public static SignerState Read(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        var signers = new Address[reader.ReadListHeader(MaxSigners)];
        if (signers.Length == 0) throw new InvalidDataException("The signers of a block cannot be read, or there are none.");
        for (int i = 0; i < signers.Length; i++) signers[i] = new Address(reader.ReadHash256());
        var recent = new SealedHeight[reader.ReadListHeader(LimitOf(MaxSigners))];
        for (int i = 0; i < recent.Length; i++)
        {
            reader.ReadArrayHeader(PairFields);
            recent[i] = new SealedHeight(reader.ReadUInt64(), new Address(reader.ReadHash256()));
        }

        var votes = new PendingVote[reader.ReadListHeader(MaxSigners * MaxVotesPerSigner)];
        for (int i = 0; i < votes.Length; i++)
        {
            reader.ReadArrayHeader(PairFields);
            ulong voter = reader.ReadUInt64(MaxSigners - 1);
            var subject = new Address(reader.ReadHash256());
            if (voter >= (ulong)signers.Length) throw new InvalidDataException($"Signer {voter} of {signers.Length} has voted.");
            votes[i] = new PendingVote(signers[voter], subject);
        }

        reader.End();
        if (reader.IsFaulted) throw new InvalidDataException($"The signers of a block cannot be read: {reader.Outcome}");
        for (int i = 1; i < signers.Length; i++)
        {
            if (signers[i] <= signers[i - 1]) throw new InvalidDataException("The signers of a block are not sorted.");
        }

        return new SignerState([.. signers], [.. recent], [.. votes]);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode() => _encoded;

    /// <summary>Returns a signer's index, or less than 0 for anybody else.</summary>
    public int IndexOf(Address address) => Signers.BinarySearch(address);

    /// <summary>Whether it is a signer's turn at a height; its block weighs more.</summary>
    public bool IsInTurn(int signer, ulong height) => height % (ulong)Signers.Length == (ulong)signer;

    /// <summary>Returns the height at which a signer sealed so lately that it may not yet seal at another, or <c>null</c>.</summary>
    public ulong? FindRecent(Address signer, ulong height)
    {
        foreach (SealedHeight recent in _recent)
        {
            if (recent.Signer == signer && IsRecent(recent, height, Limit)) return recent.Height;
        }

        return null;
    }

    /// <summary>Returns who sealed the block at a height, if that was lately.</summary>
    public Address? SealerOf(ulong height)
    {
        foreach (SealedHeight recent in _recent)
        {
            if (recent.Height == height) return recent.Signer;
        }

        return null;
    }

    /// <summary>Returns the signers who may seal at a height.</summary>
    public ImmutableArray<Address> EligibleAt(ulong height) => [.. Signers.Where(signer => FindRecent(signer, height) is null)];

    /// <summary>Whether a vote would leave no one who could make a block, ever: no block may carry it.</summary>
    public bool WouldDropLast(Address subject, AuthorityVote vote) => vote == AuthorityVote.Drop && Signers.Length == 1 && Signers[0] == subject;

    /// <summary>
    /// Whether a vote would change what counts: it was not cast yet and would change the set, or it takes back one that was cast,
    /// or a majority that came about otherwise, since it grows less when someone is dropped, only waits for one more block that
    /// names the address.
    /// </summary>
    public bool IsUseful(Address voter, Address subject, AuthorityVote vote)
    {
        if (WouldDropLast(subject, vote)) return false;
        bool isPending = _votes.Contains(new PendingVote(voter, subject));
        return IsPossible(subject, vote) ? !isPending || IsDue(subject, vote) : isPending;
    }

    /// <summary>Whether a vote takes back one that its voter has cast.</summary>
    public bool TakesBack(Address voter, Address subject, AuthorityVote vote) =>
        !IsPossible(subject, vote) && !WouldDropLast(subject, vote) && _votes.Contains(new PendingVote(voter, subject));

    /// <summary>Returns what is carried on after a block. Only the one address that it votes on may change its place.</summary>
    /// <param name="height">The block's height.</param>
    /// <param name="ballot">Its nonce; the signer is one.</param>
    /// <param name="subject">The voted address.</param>
    /// <param name="isEpoch">Whether an epoch begins at the block: all votes are forgotten.</param>
    public SignerState After(ulong height, Ballot ballot, Address subject, bool isEpoch)
    {
        Address voter = Signers[ballot.Signer];
        List<SealedHeight> recent = [.. _recent, new SealedHeight(height, voter)];
        List<PendingVote> votes = isEpoch ? [] : [.. _votes];
        ImmutableArray<Address> signers = Signers;
        if (ballot.Vote != AuthorityVote.None)
        {
            // What a signer last said of an address stands, also where that changes nothing.
            votes.Remove(new PendingVote(voter, subject));
            if (IsPossible(subject, ballot.Vote) && !WouldDropLast(subject, ballot.Vote)) Cast(votes, new PendingVote(voter, subject));
            if (votes.Count(vote => vote.Subject == subject) >= Limit) signers = Change(signers, votes, subject);
        }

        int limit = LimitOf(signers.Length);
        recent.RemoveAll(other => !IsRecent(other, height + 1, limit));
        return new SignerState(signers, [.. recent], [.. votes]);
    }

    /// <inheritdoc/>
    public bool Equals(SignerState? other) => other is not null && _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_encoded);
        return hash.ToHashCode();
    }

    private static int LimitOf(int signers) => (signers / 2) + 1;

    private static bool IsRecent(SealedHeight recent, ulong height, int limit) => recent.Height + (ulong)limit > height;

    private static void Cast(List<PendingVote> votes, PendingVote vote)
    {
        if (votes.Count(other => other.Voter == vote.Voter) >= MaxVotesPerSigner) votes.RemoveAt(votes.FindIndex(other => other.Voter == vote.Voter));
        votes.Add(vote);
    }

    /// <summary>Adds the address or drops it, whichever is possible; a full set stays as it is, and so does the last signer.</summary>
    private static ImmutableArray<Address> Change(ImmutableArray<Address> signers, List<PendingVote> votes, Address subject)
    {
        int index = signers.BinarySearch(subject);
        if (index < 0 ? signers.Length == MaxSigners : signers.Length == 1) return signers;
        votes.RemoveAll(vote => vote.Subject == subject);
        if (index < 0) return signers.Insert(~index, subject);
        votes.RemoveAll(vote => vote.Voter == subject);
        return signers.RemoveAt(index);
    }

    private bool IsPossible(Address subject, AuthorityVote vote) => (IndexOf(subject) < 0) == (vote == AuthorityVote.Add);

    private bool IsDue(Address subject, AuthorityVote vote) =>
        _votes.Count(pending => pending.Subject == subject) >= Limit && (vote == AuthorityVote.Drop || Signers.Length < MaxSigners);

    private byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.WriteListHeader(Signers.Length, MaxSigners);
        foreach (Address signer in Signers) writer.WriteHash256(signer.Value);
        writer.WriteListHeader(_recent.Length, LimitOf(MaxSigners));
        foreach (SealedHeight recent in _recent)
        {
            writer.WriteArrayHeader(PairFields);
            writer.WriteUInt64(recent.Height);
            writer.WriteHash256(recent.Signer.Value);
        }

        writer.WriteListHeader(_votes.Length, MaxSigners * MaxVotesPerSigner);
        foreach (PendingVote vote in _votes)
        {
            writer.WriteArrayHeader(PairFields);
            writer.WriteUInt64((ulong)IndexOf(vote.Voter));
            writer.WriteHash256(vote.Subject.Value);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
