using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Internal;

/// <summary>
/// Makes a state of the slices of a checkpoint as they come in: what <see cref="StateCheckpoint.Read"/> does for those who
/// have them all at hand.
/// </summary>
/// <param name="traits">What the chain's format carries.</param>
/// <param name="stateRoot">The state root of the block after which this should be the state; zero where the format has none.</param>
public sealed class CheckpointReader(FormatTraits traits, Hash256 stateRoot)
{
    private readonly FormatTraits _traits = traits ?? throw new ArgumentNullException(nameof(traits));
    private const int MaxNameBytes = 64;

    private readonly TreeNodes _nodes = new();
    private readonly CheckpointDigest _digest = new();
    private StateTree _tree = StateTree.Empty;
    private TagSet? _tags;
    private TagKey _tagKey;
    private StateSummary _summary = StateSummary.Empty;
    private PendingRewards _rewards = PendingRewards.None;
    private (ulong Accounts, ulong Entries, ulong Tags) _announced;
    private ulong _tagCount;
    private ulong _owned;
    private Hash256 _lastAccount;
    private Hash256 _lastEntry;
    private long _next;
    private bool _isComplete;

    /// <summary>Takes the next slice.</summary>
    /// <param name="slice">The slice; not used afterwards.</param>
    /// <returns>What is wrong with it; <see cref="CheckpointFault.Unchecked"/> as long as nothing is.</returns>
    public CheckpointOutcome Take(ReadOnlyMemory<byte> slice)
    {
        if (_isComplete) return Invalid(CheckpointFault.OutOfOrder);
        var reader = new CanonicalReader(slice);
        if (slice.Length > StateCheckpoint.MaxSliceBytes) reader.SkipItem(StateCheckpoint.MaxSliceBytes);
        reader.ReadArrayHeader(CheckpointForm.Fields);
        ulong index = reader.ReadUInt64();
        ulong kind = reader.ReadUInt64(CheckpointForm.End);
        CheckpointFault found = reader.IsFaulted ? default
            : index != (ulong)_next || (kind == CheckpointForm.Head) != (_next == 0) ? CheckpointFault.OutOfOrder
            : TakeContent(ref reader, kind);
        if (!reader.IsFaulted && found != CheckpointFault.Unchecked) return Invalid(found);
        DecodeOutcome encoding = reader.End();
        if (!encoding.IsValid) return new CheckpointOutcome(CheckpointFault.NoSlice, _next, encoding);
        _digest.Add(slice.Span);
        _next++;
        return default;
    }

    /// <summary>Ends the sequence.</summary>
    /// <param name="state">The state, or <c>null</c>.</param>
    /// <returns>What is wrong with the whole, or no fault.</returns>
    public CheckpointOutcome Finish(out LedgerState? state)
    {
        state = null;
        if (!_isComplete) return Invalid(CheckpointFault.Incomplete);
        bool areAllHere = _announced == ((ulong)_tree.AccountCount, (ulong)_tree.EntryCount, _tagCount);
        bool areLockedOwned = _rewards.ByHeight.Values.All(reward => _rewards.LockedOf(reward.Receiver) <= _tree.BalanceAt(StateKeys.OfAccount(reward.Receiver)));
        if (!areAllHere || _owned != _summary.Supply || !areLockedOwned) return Invalid(CheckpointFault.Inconsistent);
        if (_traits.HasExtendedHeader && _tree.Root != _summary.StateRoot) return Invalid(CheckpointFault.RootWrong);
        state = new LedgerState(_traits, _tagKey, _summary, _tree, _nodes, _rewards, _tags!);
        return new CheckpointOutcome(CheckpointFault.None, _next);
    }

    private CheckpointFault TakeContent(ref CanonicalReader reader, ulong kind) => kind switch
    {
        CheckpointForm.Head => TakeHead(ref reader),
        CheckpointForm.Accounts => TakeAccounts(reader.ReadBytes(StateCheckpoint.MaxSliceBytes).Span),
        CheckpointForm.Entries => TakeEntries(ref reader),
        CheckpointForm.Tags => TakeTags(ref reader),
        _ => TakeEnd(reader.ReadHash256()),
    };

    private CheckpointFault TakeHead(ref CanonicalReader reader)
    {
        reader.ReadArrayHeader(CheckpointForm.HeadFields);
        ulong version = reader.ReadUInt64();
        if (version != CheckpointForm.Version) reader.Reject(CheckpointForm.Version, version);
        string format = reader.ReadString(MaxNameBytes);
        _summary = StateParts.ReadSummary(ref reader, HistoryTree.Empty);
        Span<byte> key = stackalloc byte[TagKey.Size];
        reader.ReadFixed(key);
        _tagKey = new TagKey(key);
        _tags = new TagSet(_tagKey, _traits.TagsExpire);
        _announced = (reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        int count = reader.ReadListHeader(StateCheckpoint.MaxSliceBytes);
        ulong? last = null;
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(2);
            ulong height = reader.ReadUInt64(_summary.Height);
            if (StateParts.ReadReward(ref reader) is not { } reward || height <= last || reward.Amount > ChainProfile.MaxSupply - _rewards.LockedOf(reward.Receiver))
            {
                reader.Reject(height, last ?? 0);
                break;
            }

            _rewards = _rewards.With(height, reward);
            last = height;
        }

        return reader.IsFaulted ? default
            : !string.Equals(format, _traits.Name, StringComparison.Ordinal) ? CheckpointFault.OtherFormat
            : _summary.StateRoot != stateRoot ? CheckpointFault.OtherState
            : default;
    }

    private CheckpointFault TakeAccounts(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % CheckpointForm.AccountBytes != 0) return CheckpointFault.Inconsistent;
        var changes = new AccountChange[bytes.Length / CheckpointForm.AccountBytes];
        for (int i = 0; i < changes.Length; i++, bytes = bytes[CheckpointForm.AccountBytes..])
        {
            ulong balance = BinaryPrimitives.ReadUInt64BigEndian(bytes[Hash256.Size..]);
            if (balance == 0 || balance > _summary.Supply - _owned) return CheckpointFault.Inconsistent;
            _owned += balance;
            changes[i] = new AccountChange(new Address(new Hash256(bytes[..Hash256.Size])), 0, balance);
        }

        var placed = new PlacedAccountChange[changes.Length];
        AccountChange.Place(changes, placed);
        foreach (ref readonly PlacedAccountChange change in placed.AsSpan())
        {
            if (change.Key <= _lastAccount) return CheckpointFault.Inconsistent;
            _lastAccount = change.Key;
        }

        Grow(placed, []);
        return default;
    }

    private CheckpointFault TakeEntries(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(StateCheckpoint.MaxSliceBytes);
        var placed = new List<PlacedEntryChange>();
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(3);
            uint app = reader.ReadUInt32();

            // Copied: the slices are not ours to keep.
            ReadOnlyMemory<byte> name = reader.ReadBytes(StateCheckpoint.MaxSliceBytes).ToArray();
            ReadOnlyMemory<byte> value = reader.ReadBytes(StateCheckpoint.MaxSliceBytes).ToArray();
            var change = new EntryChange(app, name, default, value);
            placed.Add(new PlacedEntryChange(change.Place, change));
            if (value.IsEmpty || placed[^1].Key <= _lastEntry) return CheckpointFault.Inconsistent;
            _lastEntry = placed[^1].Key;
        }

        if (!reader.IsFaulted) Grow([], [.. placed]);
        return default;
    }

    private void Grow(PlacedAccountChange[] accounts, PlacedEntryChange[] entries)
    {
        TreeDraft draft = _nodes.BeginDraft();
        _tree = _tree.With(accounts, entries, _traits.HasExtendedHeader, draft);
        _nodes.TryAdopt(draft.Now);
    }

    private CheckpointFault TakeTags(ref CanonicalReader reader)
    {
        int count = reader.ReadListHeader(StateCheckpoint.MaxSliceBytes);
        for (int i = 0; i < count && !reader.IsFaulted; i++)
        {
            reader.ReadArrayHeader(2);
            ulong validUntil = reader.ReadUInt64();
            ReadOnlySpan<byte> bytes = reader.ReadBytes(StateCheckpoint.MaxSliceBytes).Span;
            if (reader.IsFaulted) break;
            bool isPlausible = _traits.TagsExpire ? validUntil >= _summary.Height : validUntil == TagSet.Never;
            if (!isPlausible || bytes.Length % CheckpointForm.TagBytes != 0) return CheckpointFault.Inconsistent;
            for (; !bytes.IsEmpty; bytes = bytes[CheckpointForm.TagBytes..])
            {
                if (!_tags!.Add(new TagMark(validUntil, BinaryPrimitives.ReadUInt128BigEndian(bytes)))) return CheckpointFault.Inconsistent;
                _tagCount++;
            }
        }

        return default;
    }

    private CheckpointFault TakeEnd(Hash256 digest)
    {
        _isComplete = true;
        return digest == _digest.Value ? default : CheckpointFault.ChecksumWrong;
    }

    private CheckpointOutcome Invalid(CheckpointFault kind) => new(kind, _next);
}
