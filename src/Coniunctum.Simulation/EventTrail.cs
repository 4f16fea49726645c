using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Coniunctum.Crypto;

namespace Coniunctum.Simulation;

/// <summary>A running hash over everything that happened, and enough of its past to name the first event that differs in another run.</summary>
internal sealed class EventTrail
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly List<ulong> _marks = [];

    public Hash256 Hash { get; private set; }

    public long Count => _marks.Count;

    /// <summary>What an earlier run of the same world left; this run must not leave it.</summary>
    public EventTrail? Expected { get; init; }

    /// <summary>Adds an event.</summary>
    /// <exception cref="DivergenceException">The expected trail goes another way.</exception>
    public void Add(in WorldEvent happened)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write(Hash.AsSpan());
        Write((ulong)happened.Time.Ticks);
        Write(((ulong)(uint)happened.Node << 32) | (uint)happened.Kind);
        Write((ulong)happened.Subject.Length);
        Encoding.UTF8.GetBytes(happened.Subject, _buffer);
        _buffer.Write(happened.Content.Span);
        Hash = Sha3_256.Hash(_buffer.WrittenSpan);
        ulong mark = BinaryPrimitives.ReadUInt64BigEndian(Hash.AsSpan());
        if (Expected is not null && (Count >= Expected.Count || Expected._marks[_marks.Count] != mark))
            throw new DivergenceException($"The second run differs from the first at event {Count}: {happened}.");
        _marks.Add(mark);
    }

    private void Write(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.GetSpan(sizeof(ulong)), value);
        _buffer.Advance(sizeof(ulong));
    }
}
