using System.Buffers;

namespace Coniunctum.TestKit.Files;

/// <summary>Bytes whose length can be had at once, and that are waited for when they are read for the first time.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="wait">What is waited for.</param>
internal sealed class HeldMemory(ReadOnlyMemory<byte> bytes, Action wait) : MemoryManager<byte>
{
    private readonly byte[] _bytes = bytes.ToArray();
    private bool _wasRead;

    public override Memory<byte> Memory => CreateMemory(_bytes.Length);

    public override Span<byte> GetSpan()
    {
        if (_wasRead) return _bytes;
        _wasRead = true;
        wait();
        return _bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Nothing is owned.
    }
}
