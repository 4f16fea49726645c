using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Files;

/// <summary>Writes the state at a height, with the headers that lead to it, into a file; one that was left unfinished is continued.</summary>
/// <remarks>
/// The file holds the ledger's tag key: it is for whoever may have a copy of the ledger. The state is read from the store into
/// memory first, beside that of a ledger that runs.
/// </remarks>
public static class StateFileWriter
{
    private const ulong HeadsAReport = 4096;

    /// <summary>
    /// Writes the state after a block of the best chain. Headers that a file holds already are kept; the state is written anew.
    /// A file that is whole and of another height is begun again.
    /// </summary>
    /// <param name="chain">The stored chain. It may grow meanwhile.</param>
    /// <param name="profile">The chain's profile, its genesis drawn.</param>
    /// <param name="file">A file that can be read, written and sought; empty, or a file of a state of this chain. Not disposed.</param>
    /// <param name="height">The height; <c>null</c> for that with which an unfinished file was begun, else for the tip's.</param>
    /// <param name="note">What readers should find, such as the chain's parameters; a file that is continued keeps its own.</param>
    /// <param name="progress">Receives now and then how far the headers reach.</param>
    /// <param name="cancellation">Stops between two records; calling again continues.</param>
    /// <returns>The block after which the file holds the state.</returns>
    /// <exception cref="InvalidDataException">
    /// The store lacks what is asked for, was reorganized below the height meanwhile, or the file is no file of this chain's state.
    /// </exception>
    public static async Task<StoredTip> WriteAsync(
        IChainReader chain,
        ChainProfile profile,
        Stream file,
        ulong? height = null,
        ReadOnlyMemory<byte> note = default,
        IProgress<FileProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(file);
        if (note.Length > StateFile.MaxNoteBytes) throw new ArgumentException($"A note has at most {StateFile.MaxNoteBytes} bytes, not {note.Length}.", nameof(note));
        var run = new Run(chain, profile, file, progress, cancellation);
        return await run.WriteAsync(height, note).ConfigureAwait(false);
    }

    private sealed class Run(IChainReader chain, ChainProfile profile, Stream file, IProgress<FileProgress>? progress, CancellationToken cancellation)
    {
        private readonly List<StateRecord.Head> _group = [];
        private ulong _checksum;
        private ulong _heads;
        private BlockId _last;

        public async Task<StoredTip> WriteAsync(ulong? height, ReadOnlyMemory<byte> note)
        {
            BlockId genesis = chain.IdAt(0) ?? throw new InvalidDataException("The store is empty: there is no state to export.");
            (StoredTip target, bool isWhole) = await SkipAsync(genesis, height, note).ConfigureAwait(false);
            if (isWhole) return target;

            // First what may not be had, so that nothing is written in vain.
            ReadOnlyMemory<byte> body = chain.ReadBlock(target.Id)
                ?? throw new InvalidDataException($"The store has no body of the block at height {target.Height}; it was pruned.");
            StateSnapshot state = PastState.Read(chain, profile, target.Id, cancellation).Snapshot();
            await WriteHeadsAsync(target).ConfigureAwait(false);
            await WriteAsync(StateRecordKind.Block, body).ConfigureAwait(false);
            ulong slices = 0;
            foreach (ReadOnlyMemory<byte> slice in StateCheckpoint.Write(state))
            {
                cancellation.ThrowIfCancellationRequested();
                await WriteAsync(StateRecordKind.Slice, slice).ConfigureAwait(false);
                slices++;
            }

            await WriteAsync(StateRecordKind.End, StateFile.WriteEnd(_heads, slices)).ConfigureAwait(false);
            file.SetLength(file.Position);
            await file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return target;
        }

        /// <summary>Stands the file behind what it holds already, and settles the block.</summary>
        private async Task<(StoredTip Target, bool IsWhole)> SkipAsync(BlockId genesis, ulong? height, ReadOnlyMemory<byte> note)
        {
            if (file.Length > 0)
            {
                file.Position = 0;
                StateFileReader reader = await StateFileReader.OpenAsync(file, profile.Limits, cancellation).ConfigureAwait(false);
                if (reader.Head.Chain != genesis) throw new InvalidDataException($"The file belongs to chain {reader.Head.Chain}, not to {genesis}.");
                var begun = new StoredTip(reader.Head.Block, reader.Head.Height);
                bool isWanted = (height is null || height == begun.Height) && chain.IdAt(begun.Height) == begun.Id;
                if (isWanted)
                {
                    long end = await SkipHeadsAsync(reader, begun.Height).ConfigureAwait(false);
                    if (reader.IsEnded && (height == begun.Height || chain.Tip == begun)) return (begun, true);
                    if (!reader.IsEnded)
                    {
                        file.Position = end;
                        file.SetLength(end);
                        return (begun, false);
                    }
                }
            }

            StoredTip target = TargetOf(height);
            var head = new StateFileHead(genesis, target.Height, target.Id, profile.Genesis.Salt, profile.Genesis.Timestamp, note);
            file.Position = 0;
            file.SetLength(0);
            (_checksum, _heads, _last) = (0, 0, default);
            await WriteSealedAsync(StateFile.WriteHead(head), default).ConfigureAwait(false);
            return (target, false);
        }

        private StoredTip TargetOf(ulong? height)
        {
            StoredTip tip = chain.Tip ?? throw new InvalidDataException("The store is empty: there is no state to export.");
            if (height is not { } wanted) return tip;
            BlockId id = chain.IdAt(wanted) ?? throw new InvalidDataException($"There is no block at height {wanted}: the chain ends at height {tip.Height}.");
            return new StoredTip(id, wanted);
        }

        /// <summary>Passes over the headers that are still those of the chain; returns where they end.</summary>
        private async Task<long> SkipHeadsAsync(StateFileReader reader, ulong height)
        {
            (long end, bool isSame) = (reader.Position, true);
            _checksum = reader.Checksum;
            try
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } record)
                {
                    if (record is not StateRecord.Heads heads || !isSame) continue;
                    isSame = reader.Heads <= height + 1 && IsOfChain(heads);
                    if (!isSame) continue;
                    (end, _checksum, _heads) = (reader.Position, reader.Checksum, reader.Heads);
                    _last = chain.IdAt(_heads - 1)!.Value;
                }
            }
            catch (InvalidDataException)
            {
                // Cut off or damaged: what came before stands, and the rest is written anew.
            }

            return end;
        }

        private bool IsOfChain(StateRecord.Heads heads)
        {
            int at = 0;
            while (at < heads.Items.Length)
            {
                ImmutableArray<StoredHead> stored = chain.ReadHeads(_heads + (ulong)at, heads.Items.Length - at);
                if (stored.IsEmpty) return false;
                foreach (StoredHead head in stored)
                {
                    StateRecord.Head found = heads.Items[at++];
                    bool isSame = found.Header.Span.SequenceEqual(head.Header.Span) && found.RuleState.Span.SequenceEqual(head.RuleState.Span)
                        && found.ChainWeight == head.ChainWeight;
                    if (!isSame) return false;
                }
            }

            return true;
        }

        private async Task WriteHeadsAsync(StoredTip target)
        {
            int bytes = 0;
            while (_heads + (ulong)_group.Count <= target.Height)
            {
                foreach (StoredHead head in ReadHeads(_heads + (ulong)_group.Count, target.Height))
                {
                    if (_group.Count == StateFile.HeadsAGroup || bytes + head.Size > StateFile.MaxGroupBytes / 2)
                    {
                        await EndGroupAsync(target.Height).ConfigureAwait(false);
                        bytes = 0;
                    }

                    _group.Add(new StateRecord.Head(head.Header, head.RuleState, head.ChainWeight));
                    bytes += head.Size;
                }
            }

            if (_group.Count > 0) await EndGroupAsync(target.Height).ConfigureAwait(false);
            if (_last != target.Id) throw Reorganized(target.Height);
        }

        private async Task EndGroupAsync(ulong target)
        {
            cancellation.ThrowIfCancellationRequested();
            await WriteAsync(StateRecordKind.Heads, StateHeads.Write(_group)).ConfigureAwait(false);
            ulong before = _heads;
            _heads += (ulong)_group.Count;
            _group.Clear();
            if (before / HeadsAReport != _heads / HeadsAReport || _heads > target) progress?.Report(new FileProgress(_heads - 1, target));
        }

        /// <summary>Reads the next heads of the chain, which must follow those before.</summary>
        private ImmutableArray<StoredHead> ReadHeads(ulong from, ulong last)
        {
            ImmutableArray<StoredHead> heads = chain.ReadHeads(from, (int)Math.Min(StateFile.HeadsAGroup, last - from + 1));
            if (heads.IsEmpty) throw Reorganized(from);
            foreach (StoredHead head in heads)
            {
                if (head.Height > 0 && HeadCodec.Read(head, profile.Format, profile.Limits).Header.Previous != _last) throw Reorganized(head.Height);
                _last = head.Id;
            }

            return heads;
        }

        private async Task WriteAsync(StateRecordKind kind, ReadOnlyMemory<byte> content) =>
            await WriteSealedAsync(StateFile.WriteRecordHead(kind, content.Length), content).ConfigureAwait(false);

        private async Task WriteSealedAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
        {
            _checksum = StateFile.Seal(_checksum, first.Span, second.Span);
            byte[] checksum = new byte[StateFile.ChecksumBytes];
            BinaryPrimitives.WriteUInt64BigEndian(checksum, _checksum);
            await file.WriteAsync(first, cancellation).ConfigureAwait(false);
            await file.WriteAsync(second, cancellation).ConfigureAwait(false);
            await file.WriteAsync(checksum, cancellation).ConfigureAwait(false);
        }

        private static InvalidDataException Reorganized(ulong height) =>
            new($"The chain was reorganized below height {height} while it was read; export again.");
    }
}
