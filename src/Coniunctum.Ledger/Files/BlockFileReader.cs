using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Files;

/// <summary>
/// Reads a file of blocks from front to back. Every record is checked against its checksum; whether the blocks are valid is
/// another question.
/// </summary>
public sealed class BlockFileReader
{
    private readonly Stream _stream;
    private ulong _blocks;
    private bool _isEnded;

    private BlockFileReader(Stream stream) => _stream = stream;

    /// <summary>The chain that the blocks belong to.</summary>
    public BlockId Chain { get; private set; }

    /// <summary>What the file's writer left for readers, such as the chain's parameters; may be empty.</summary>
    public ReadOnlyMemory<byte> Note { get; private set; }

    /// <summary>What the length of a block is compared with before anything is allocated.</summary>
    public LedgerLimits Limits { get; init; } = new();

    /// <summary>How many bytes were read and found sound: where the next record begins.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the file's head.</summary>
    /// <param name="stream">The file, at its start; the caller disposes it.</param>
    /// <param name="limits">The chain's limits; <c>null</c> for the usual ones.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidDataException">It is no file of blocks, of a later version, or damaged.</exception>
    public static async Task<BlockFileReader> OpenAsync(Stream stream, LedgerLimits? limits = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = new BlockFileReader(stream) { Limits = limits ?? new LedgerLimits() };
        byte[] start = new byte[BlockFile.HeadBytes];
        await reader.FillAsync(start, cancellation).ConfigureAwait(false);
        if (!start.AsSpan().StartsWith(BlockFile.Magic)) throw new InvalidDataException("This is no file of blocks: its first bytes are not 'CONIBLKS'.");
        ushort version = BinaryPrimitives.ReadUInt16BigEndian(start.AsSpan(BlockFile.Magic.Length));
        if (version != BlockFile.Version) throw new InvalidDataException($"The file has version {version}; this program reads version {BlockFile.Version}.");
        uint note = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(BlockFile.HeadBytes - sizeof(uint)));
        if (note > BlockFile.MaxNoteBytes) throw new InvalidDataException($"The file's head is damaged: a note of {note} bytes, more than {BlockFile.MaxNoteBytes}.");

        byte[] head = new byte[start.Length + note + BlockFile.ChecksumBytes];
        start.CopyTo(head, 0);
        await reader.FillAsync(head.AsMemory(start.Length), cancellation).ConfigureAwait(false);
        if (!BlockFile.IsSealed(head)) throw new InvalidDataException("The file's head is damaged: its checksum is another one.");
        reader.Chain = new BlockId(new Hash256(head.AsSpan(BlockFile.Magic.Length + sizeof(ushort), Hash256.Size)));
        reader.Note = head.AsMemory(start.Length, (int)note);
        reader.Position = head.Length;
        return reader;
    }

    /// <summary>Reads the next block, or <c>null</c> at the file's end.</summary>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidDataException">The file is cut off or damaged; the message says where.</exception>
    public async ValueTask<BlockRecord?> ReadAsync(CancellationToken cancellation = default)
    {
        if (_isEnded) return null;
        byte[] length = new byte[sizeof(uint)];
        await FillAsync(length, cancellation).ConfigureAwait(false);
        uint size = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (size == 0)
        {
            await EndAsync(cancellation).ConfigureAwait(false);
            return null;
        }

        // The certificate and the seal lie outside of a block's own limit.
        long most = (long)Limits.MaxBlockBytes + Limits.MaxSealBytes + Limits.MaxCertificateBytes + LedgerLimits.BlockOverheadBytes;
        if (size > most) throw Damaged(Invariant($"a block of {size} bytes, more than {most}"));
        byte[] record = new byte[BlockFile.RecordHeadBytes + size + BlockFile.ChecksumBytes];
        length.CopyTo(record, 0);
        await FillAsync(record.AsMemory(sizeof(uint)), cancellation).ConfigureAwait(false);
        if (!BlockFile.IsSealed(record)) throw Damaged("another checksum");
        Position += record.Length;
        _blocks++;
        var id = new BlockId(new Hash256(record.AsSpan(sizeof(uint), Hash256.Size)));
        return new BlockRecord(id, record.AsMemory(BlockFile.RecordHeadBytes, (int)size));
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        byte[] end = new byte[BlockFile.EndBytes + BlockFile.ChecksumBytes];
        await FillAsync(end.AsMemory(sizeof(uint)), cancellation).ConfigureAwait(false);
        ulong blocks = BinaryPrimitives.ReadUInt64BigEndian(end.AsSpan(sizeof(uint)));
        if (!BlockFile.IsSealed(end)) throw Damaged("another checksum");
        if (blocks != _blocks) throw Damaged($"an end after {blocks} blocks, where {_blocks} were read");
        _isEnded = true;
    }

    private async Task FillAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        int read = await _stream.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read < destination.Length) throw new InvalidDataException(Invariant($"The file is cut off behind byte {Position}, after {_blocks} whole blocks."));
    }

    private InvalidDataException Damaged(string found) =>
        new(Invariant($"The file is damaged at byte {Position}, after {_blocks} whole blocks: {found}."));
}
