using System.Buffers.Binary;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Files;

/// <summary>
/// Reads a file of a state from front to back. Every record is checked against its checksum; whether it is true is another
/// question.
/// </summary>
public sealed class StateFileReader
{
    private readonly Stream _stream;
    private readonly LedgerLimits _limits;
    private StateRecordKind _last = StateRecordKind.Heads;
    private ulong _slices;

    private StateFileReader(Stream stream, LedgerLimits limits) => (_stream, _limits) = (stream, limits);

    /// <summary>What the file says of itself.</summary>
    public StateFileHead Head { get; private set; }

    /// <summary>How many bytes were read and found sound: where the next record begins.</summary>
    internal long Position { get; private set; }

    /// <summary>Whether the file was read to its end.</summary>
    internal bool IsEnded => _last == StateRecordKind.End;

    /// <summary>The last checksum, to which the next one is bound.</summary>
    internal ulong Checksum { get; private set; }

    /// <summary>How many heads were read.</summary>
    internal ulong Heads { get; private set; }

    /// <summary>Returns whether a file is one of a state.</summary>
    /// <param name="start">The file's first bytes; eight are enough.</param>
    public static bool IsStateFile(ReadOnlySpan<byte> start) => start.StartsWith(StateFile.Magic);

    /// <summary>Reads the file's head.</summary>
    /// <param name="stream">The file, at its start; the caller disposes it.</param>
    /// <param name="limits">The chain's limits; <c>null</c> for the usual ones.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidDataException">It is no file of a state, of a later version, or damaged.</exception>
    public static async Task<StateFileReader> OpenAsync(Stream stream, LedgerLimits? limits = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = new StateFileReader(stream, limits ?? new LedgerLimits());
        byte[] start = new byte[StateFile.HeadBytes];
        await reader.FillAsync(start, cancellation).ConfigureAwait(false);
        if (!IsStateFile(start)) throw new InvalidDataException("This is no file of a state: its first bytes are not 'CONISTAT'.");
        ushort version = StateFile.VersionOf(start);
        if (version != StateFile.Version)
        {
            string remedy = version < StateFile.Version ? " An older program wrote it: export the state again, into a new file." : "";
            throw new InvalidDataException($"The file has version {version}; this program reads version {StateFile.Version}.{remedy}");
        }

        uint note = StateFile.NoteLengthOf(start);
        if (note > StateFile.MaxNoteBytes) throw new InvalidDataException($"The file's head is damaged: a note of {note} bytes, more than {StateFile.MaxNoteBytes}.");

        byte[] head = new byte[start.Length + note];
        start.CopyTo(head, 0);
        await reader.FillAsync(head.AsMemory(start.Length), cancellation).ConfigureAwait(false);
        if (!await reader.TrySealAsync(head, default, cancellation).ConfigureAwait(false))
            throw new InvalidDataException("The file's head is damaged: its checksum is another one.");
        reader.Head = StateFile.ReadHead(head);
        return reader;
    }

    /// <summary>Reads the next record, or <c>null</c> at the file's end.</summary>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidDataException">The file is cut off or damaged; the message says where.</exception>
    public async ValueTask<StateRecord?> ReadAsync(CancellationToken cancellation = default)
    {
        if (IsEnded) return null;
        byte[] recordHead = new byte[StateFile.RecordHeadBytes];
        await FillAsync(recordHead, cancellation).ConfigureAwait(false);
        var kind = (StateRecordKind)recordHead[0];
        if (!MayFollow(kind)) throw Damaged($"a record of kind {recordHead[0]} behind one of kind {(byte)_last}");
        uint size = BinaryPrimitives.ReadUInt32BigEndian(recordHead.AsSpan(1));
        long most = MostBytes(kind);
        if (size > most) throw Damaged(Invariant($"a record of {size} bytes, more than {most}"));
        byte[] content = new byte[size];
        await FillAsync(content, cancellation).ConfigureAwait(false);
        if (!await TrySealAsync(recordHead, content, cancellation).ConfigureAwait(false)) throw Damaged("another checksum");
        _last = kind;
        switch (kind)
        {
            case StateRecordKind.Heads:
                return TakeHeads(content);
            case StateRecordKind.Block:
                return new StateRecord.Block(content);
            case StateRecordKind.Slice:
                _slices++;
                return new StateRecord.Slice(content);
            default:
                TakeEnd(content);
                return null;
        }
    }

    /// <summary>Heads, then one block, then slices, then the end.</summary>
    private bool MayFollow(StateRecordKind kind) => kind switch
    {
        StateRecordKind.Heads => _last == StateRecordKind.Heads,
        StateRecordKind.Block => _last == StateRecordKind.Heads && Heads > 0,
        StateRecordKind.Slice => _last is StateRecordKind.Block or StateRecordKind.Slice,
        StateRecordKind.End => _last == StateRecordKind.Slice,
        _ => false,
    };

    private long MostBytes(StateRecordKind kind) => kind switch
    {
        StateRecordKind.Heads => StateFile.MaxGroupBytes,

        // The certificate and the seal lie outside of a block's own limit.
        StateRecordKind.Block => (long)_limits.MaxBlockBytes + _limits.MaxSealBytes + _limits.MaxCertificateBytes + LedgerLimits.BlockOverheadBytes,
        StateRecordKind.Slice => StateCheckpoint.MaxSliceBytes,
        _ => StateFile.EndBytes,
    };

    private StateRecord.Heads TakeHeads(byte[] content)
    {
        DecodeOutcome outcome = StateHeads.Read(content, out var heads);
        if (!outcome.IsValid || heads.IsEmpty) throw Damaged($"no group of heads: {outcome}");
        Heads += (ulong)heads.Length;
        return new StateRecord.Heads(heads);
    }

    private void TakeEnd(byte[] content)
    {
        if (content.Length != StateFile.EndBytes) throw Damaged($"an end of {content.Length} bytes, not {StateFile.EndBytes}");
        if (StateFile.ReadEnd(content) is var (heads, slices) && (heads, slices) != (Heads, _slices))
            throw Damaged($"an end after {heads} heads and {slices} slices, where {Heads} and {_slices} were read");
    }

    /// <summary>Reads a checksum, and returns whether it is that of what was read.</summary>
    private async Task<bool> TrySealAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellation)
    {
        byte[] found = new byte[StateFile.ChecksumBytes];
        await FillAsync(found, cancellation).ConfigureAwait(false);
        ulong checksum = StateFile.Seal(Checksum, first.Span, second.Span);
        if (BinaryPrimitives.ReadUInt64BigEndian(found) != checksum) return false;
        Checksum = checksum;
        Position += first.Length + second.Length + found.Length;
        return true;
    }

    private async Task FillAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        int read = await _stream.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read < destination.Length) throw new InvalidDataException(Invariant($"The file is cut off behind byte {Position}, after {Heads} whole heads and {_slices} whole slices."));
    }

    private InvalidDataException Damaged(string found) =>
        new(Invariant($"The file is damaged at byte {Position}, after {Heads} whole heads and {_slices} whole slices: {found}."));
}
