using System.Buffers.Binary;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>Reads the beginning of a WAL as SQLite does when it recovers one (sqlite.org/walformat.html).</summary>
internal static class WalScan
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const int SaltOffset = 16;
    private const int SaltBytes = 8;
    private const uint Magic = 0x377F0682;
    private const int MinPageBytes = 512;
    private const int MaxPageBytes = 65_536;

    /// <summary>Returns the pages that the first commit in a WAL has written; <c>null</c> where no commit is whole.</summary>
    public static IReadOnlySet<uint>? PagesOfFirstCommit(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > HeaderBytes }) return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 65_536);
        byte[] header = new byte[HeaderBytes];
        if (!TryRead(file, header)) return null;
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint pageBytes = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        if ((magic & ~1u) != Magic || pageBytes is < MinPageBytes or > MaxPageBytes) return null;
        var sum = new Checksum(isBigEndian: (magic & 1) != 0);
        sum.Add(header.AsSpan(0, HeaderBytes - Checksum.Bytes));
        if (!sum.Is(header.AsSpan(HeaderBytes - Checksum.Bytes))) return null;

        var pages = new HashSet<uint>();
        byte[] frame = new byte[FrameHeaderBytes + (int)pageBytes];
        while (TryRead(file, frame))
        {
            // A frame of an earlier use of the WAL has other salts.
            if (!frame.AsSpan(8, SaltBytes).SequenceEqual(header.AsSpan(SaltOffset, SaltBytes))) return null;
            sum.Add(frame.AsSpan(0, 8));
            sum.Add(frame.AsSpan(FrameHeaderBytes));
            if (!sum.Is(frame.AsSpan(16, Checksum.Bytes))) return null;
            pages.Add(BinaryPrimitives.ReadUInt32BigEndian(frame));

            // The last frame of a commit says how large the file is after it.
            if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) > 0) return pages;
        }

        return null;
    }

    private static bool TryRead(FileStream file, byte[] bytes) => file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;

    private struct Checksum(bool isBigEndian)
    {
        public const int Bytes = 8;

        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                _first += Word(bytes) + _second;
                _second += Word(bytes[4..]) + _first;
            }
        }

        public readonly bool Is(ReadOnlySpan<byte> bytes) =>
            BinaryPrimitives.ReadUInt32BigEndian(bytes) == _first && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) == _second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
