using System.Buffers.Binary;

namespace Coniunctum.Storage.Sqlite.Tests.Crashes;

/// <summary>The frames of a WAL, as sqlite.org/walformat.html defines them.</summary>
internal sealed class WalFile
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const int DatabaseSizeOffset = 4;
    private const int SaltOffset = 16;
    private const int FrameSaltOffset = 8;
    private const int SaltBytes = 8;

    public WalFile(byte[] content)
    {
        Content = content;
        if (content.Length == 0) return;
        int pageBytes = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(8));
        ReadOnlySpan<byte> salt = content.AsSpan(SaltOffset, SaltBytes);
        for (int frame = HeaderBytes; frame + FrameHeaderBytes + pageBytes <= content.Length; frame += FrameHeaderBytes + pageBytes)
        {
            if (!content.AsSpan(frame + FrameSaltOffset, SaltBytes).SequenceEqual(salt)) break;
            Edges.Add(frame + FrameHeaderBytes + pageBytes);
            if (BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(frame + DatabaseSizeOffset)) > 0) CommitEnds.Add(Edges[^1]);
        }
    }

    public byte[] Content { get; }

    /// <summary>Where each frame ends.</summary>
    public List<int> Edges { get; } = [];

    /// <summary>Where each commit's last frame ends.</summary>
    public List<int> CommitEnds { get; } = [];

    /// <summary>How many commits are damaged by damage from an offset on.</summary>
    public int CommitsBeyond(int offset) => CommitEnds.Count(end => end > offset);
}
