using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Files;

namespace Coniunctum;

/// <summary>
/// Takes many blocks in: decoded and hashed on all cores ahead of the machine, which checks each by every rule while the
/// signatures of the next ones are verified and the ones before are written.
/// </summary>
public static class BlockImport
{
    // How many blocks are decoded ahead, and how many verdicts are outstanding. Their bytes are bounded by the ledger's own gate.
    private const int Ahead = 16;
    private const int BlocksAReport = 256;

    // Blocks beside the best chain are remembered up to here before the chain is waited for.
    private const int MaxUnsettled = 1024;

    /// <summary>Takes in the blocks of a file that <see cref="BlockFileWriter"/> wrote, up to the first one that is refused.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="file">The file.</param>
    /// <param name="progress">Told now and then how high the blocks are that the machine has taken.</param>
    /// <param name="cancellation">Stops; what was taken in stays, and calling again with the same file goes on.</param>
    /// <exception cref="InvalidDataException">The file is another chain's, or cut off or damaged; the blocks before that were taken in.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public static async Task<ImportOutcome> ImportAsync(
        this LedgerHost ledger, BlockFileReader file, IProgress<FileProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(file);
        if (file.Chain != ledger.ChainId) throw new InvalidDataException($"The file belongs to chain {file.Chain}, the ledger to {ledger.ChainId}.");
        var run = new Run(ledger, progress, cancellation);
        try
        {
            while (run.Refused is null && await file.ReadAsync(cancellation).ConfigureAwait(false) is { } record)
                await run.TakeAsync(record).ConfigureAwait(false);
        }
        finally
        {
            // Also after damage: the blocks before it are sound.
            await run.EndAsync().ConfigureAwait(false);
        }

        return new ImportOutcome(run.Known, run.Added, run.Refused);
    }

    private sealed class Run(LedgerHost ledger, IProgress<FileProgress>? progress, CancellationToken cancellation)
    {
        private readonly Queue<(BlockRecord Record, Task<Decoded> Work)> _decoding = new();
        private readonly Queue<(HashedBlock Block, Task<Verdict> Verdict)> _judging = new();

        // Blocks that were accepted and not seen on the best chain yet, the lowest first.
        private readonly Queue<HashedBlock> _unsettled = new();

        public long Known { get; private set; }

        public long Added { get; private set; }

        public ImportOutcome.Refusal? Refused { get; private set; }

        public async Task TakeAsync(BlockRecord record)
        {
            _decoding.Enqueue((record, Task.Run(() => Decode(record), cancellation)));
            if (_decoding.Count >= Ahead) await PostAsync().ConfigureAwait(false);
        }

        /// <summary>Waits for everything that was begun, and finds out which block was refused in the end.</summary>
        public async Task EndAsync()
        {
            while (Refused is null && _decoding.Count > 0) await PostAsync().ConfigureAwait(false);
            while (_judging.Count > 0) await ReceiveAsync().ConfigureAwait(false);
            await SettleAsync().ConfigureAwait(false);
        }

        /// <summary>
        /// Waits for what the machine does. A block may be refused only when it is executed, and then all behind it are refused for
        /// its sake: the first one that did not become part of the chain is asked about.
        /// </summary>
        private async Task SettleAsync()
        {
            await ledger.WaitUntilSettledAsync(cancellation).ConfigureAwait(false);
            ForgetAdopted();
            if (_unsettled.TryPeek(out HashedBlock? first))
            {
                Verdict verdict = await ledger.Parts.Blocks.SettleAsync(first, cancellation).ConfigureAwait(false);
                if (!verdict.IsValid) Refused = new ImportOutcome.Refusal(first.Id, verdict.ToString());
            }

            _unsettled.Clear();
        }

        private void ForgetAdopted()
        {
            while (_unsettled.TryPeek(out HashedBlock? first) && IsAdopted(first.Header.Height, first.Id)) _unsettled.Dequeue();
        }

        private bool IsAdopted(ulong height, BlockId id) => ledger.Chain.IdAt(height) == id;

        private async Task PostAsync()
        {
            (BlockRecord record, Task<Decoded> work) = _decoding.Dequeue();
            Decoded decoded = await work.ConfigureAwait(false);
            if (decoded.Block is null)
            {
                Refused ??= new ImportOutcome.Refusal(record.Id, decoded.Fault!);
                return;
            }

            if (IsAdopted(decoded.Block.Header.Height, record.Id))
            {
                Known++;
                return;
            }

            _judging.Enqueue((decoded.Block, await ledger.Parts.Blocks.PostAsync(decoded.Block, cancellation).ConfigureAwait(false)));
            if (_judging.Count >= Ahead) await ReceiveAsync().ConfigureAwait(false);
        }

        private async Task ReceiveAsync()
        {
            (HashedBlock block, Task<Verdict> answer) = _judging.Dequeue();
            Verdict verdict = await answer.WaitAsync(cancellation).ConfigureAwait(false);
            if (Refused is not null) return;
            if (!verdict.IsValid)
            {
                Refused = new ImportOutcome.Refusal(block.Id, verdict.ToString());
                return;
            }

            _unsettled.Enqueue(block);
            ForgetAdopted();
            if (_unsettled.Count > MaxUnsettled) await SettleAsync().ConfigureAwait(false);
            if (++Added % BlocksAReport == 0) progress?.Report(new FileProgress(block.Header.Height, null));
        }

        private Decoded Decode(BlockRecord record)
        {
            DecodeOutcome outcome = HashedBlock.Decode(
                record.Encoded, ledger.Profile.Format, ledger.Profile.Limits, ledger.ChainId, out HashedBlock? block);
            if (block is null) return new Decoded(null, $"the block cannot be read: {outcome}");
            return block.Id == record.Id ? new Decoded(block, null) : new Decoded(null, $"the file calls it {record.Id}, but it is {block.Id}");
        }

        private readonly record struct Decoded(HashedBlock? Block, string? Fault);
    }
}
