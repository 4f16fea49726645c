using Coniunctum.Crypto;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Tests.Files;

[TestFixture]
internal sealed class BlockFileTests
{
    private const int EndLength = BlockFile.EndBytes + BlockFile.ChecksumBytes;

    private static readonly LedgerLimits s_limits = new();

    [Test]
    public async Task Write_ThenRead_GivesTheChainBackAndTellsProgress()
    {
        using MemoryChainStore store = Chain(600);
        using var file = new MemoryStream();
        var told = new List<FileProgress>();
        ulong height = await BlockFileWriter.WriteAsync(store, file, s_limits, progress: new Synchronous(told.Add));
        Assert.That(height, Is.EqualTo(600));
        Assert.That(told, Is.EqualTo(new FileProgress[] { new(256, 600), new(512, 600), new(600, 600) }));
        Assert.That(await ReadAsync(file), Is.EqualTo(Blocks(store)));
    }

    [Test]
    public async Task Write_FileThatEndsAnywhere_ContinuesIt()
    {
        using MemoryChainStore store = Chain(4);
        byte[] whole = await WriteAsync(store);
        for (int length = BlockFile.HeadBytes + BlockFile.ChecksumBytes; length < whole.Length; length++)
        {
            using var file = new MemoryStream();
            file.Write(whole.AsSpan(0, length));
            await BlockFileWriter.WriteAsync(store, file, s_limits);
            Assert.That(file.ToArray(), Is.EqualTo(whole), $"cut off at {length}");
        }
    }

    [Test]
    public async Task Write_FileOfABranchThatLost_ReplacesWhatIsNotPartOfTheChain()
    {
        using MemoryChainStore store = Chain(6);
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        store.Commit(new StoreBatch { Connected = [Block(4, salt: 9), Block(5, salt: 9)] });
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        Assert.That(await ReadAsync(file), Is.EqualTo(Blocks(store)));
        Assert.That(file.ToArray(), Is.EqualTo(await WriteAsync(store)));
    }

    [Test]
    public async Task Write_Cancelled_LeavesWhatTheNextCallContinues()
    {
        using MemoryChainStore store = Chain(600);
        using var file = new MemoryStream();
        using var cancellation = new CancellationTokenSource();
        Assert.That(
            async () => await BlockFileWriter.WriteAsync(store, file, s_limits, progress: new Synchronous(_ => cancellation.Cancel()), cancellation: cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut off"));
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        Assert.That(await ReadAsync(file), Is.EqualTo(Blocks(store)));
    }

    [Test]
    public void Write_StoreThatLacksWhatIsAsked_SaysSo()
    {
        using var empty = new MemoryChainStore();
        using var file = new MemoryStream();
        Assert.That(async () => await BlockFileWriter.WriteAsync(empty, file, s_limits), Throws.TypeOf<InvalidDataException>().With.Message.Contains("empty"));
        using MemoryChainStore pruned = Chain(5);
        pruned.Commit(new StoreBatch { Slice = new CheckpointSlice(pruned.IdAt(4)!.Value, 4, 0, default, true) }, new StoreBatch { PruneBodiesBelow = 3 });
        Assert.That(async () => await BlockFileWriter.WriteAsync(pruned, file, s_limits), Throws.TypeOf<InvalidDataException>().With.Message.Contains("height 1;"));
    }

    [Test]
    public async Task Read_AnyByteChanged_IsRefused()
    {
        using MemoryChainStore store = Chain(3);
        byte[] whole = await WriteAsync(store);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= (byte)(1 << (i % 8));
            using var file = new MemoryStream(damaged);
            Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>(), $"byte {i}");
        }
    }

    [Test]
    public async Task Read_CutOffAnywhere_SaysWhere()
    {
        using MemoryChainStore store = Chain(3);
        byte[] whole = await WriteAsync(store);
        for (int length = 0; length < whole.Length; length++)
        {
            using var file = new MemoryStream(whole[..length]);
            Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut off"));
        }
    }

    [Test]
    public async Task Open_AnotherChainOrALaterVersionOrAnotherFile_SaysWhich()
    {
        using MemoryChainStore store = Chain(1);
        byte[] whole = await WriteAsync(store);
        using var file = new MemoryStream(whole);
        using var other = new MemoryChainStore();
        other.Commit(new StoreBatch { Connected = [Block(0, salt: 1)] });
        Assert.That(
            async () => await BlockFileWriter.WriteAsync(other, file, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("belongs to chain"));
        whole[9] = 2;
        using var later = new MemoryStream(whole);
        Assert.That(
            async () => await BlockFileReader.OpenAsync(later, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("version 2"));
        using var letter = new MemoryStream(new byte[100]);
        Assert.That(
            async () => await BlockFileReader.OpenAsync(letter, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("no file of blocks"));
    }

    [Test]
    public async Task Write_Note_IsFoundByReadersAndHasALimit()
    {
        using MemoryChainStore store = Chain(2);
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits, new byte[] { 1, 2, 3 });
        await BlockFileWriter.WriteAsync(store, file, s_limits, new byte[] { 9 });
        file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, s_limits);
        Assert.That((reader.Note.ToArray(), reader.Chain), Is.EqualTo((new byte[] { 1, 2, 3 }, Id(0, 0))), "what is continued keeps its own");
        Assert.That(
            async () => await BlockFileWriter.WriteAsync(store, new MemoryStream(), s_limits, new byte[BlockFile.MaxNoteBytes + 1]),
            Throws.ArgumentException);
    }

    [Test]
    public async Task Read_LengthBeyondTheLimits_IsRefusedBeforeItIsAllocated()
    {
        using MemoryChainStore store = Chain(1);
        byte[] whole = await WriteAsync(store);
        whole[BlockFile.HeadBytes + BlockFile.ChecksumBytes] = 0x7F;
        using var file = new MemoryStream(whole);
        Assert.That(async () => await ReadAsync(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("more than"));
    }

    [Test]
    public async Task Write_NoteAtItsLimit_IsWrittenAndRead()
    {
        const int maxNoteBytes = 64 * 1024;
        using MemoryChainStore store = Chain(1);
        byte[] note = [.. Enumerable.Range(0, maxNoteBytes).Select(i => (byte)i)];
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits, note);
        file.Position = 0;
        Assert.That((await BlockFileReader.OpenAsync(file, s_limits)).Note.ToArray(), Is.EqualTo(note));

        using var longer = new MemoryStream(BlockFile.Head(Id(0, 0), new byte[maxNoteBytes + 1]));
        Assert.That(
            async () => await BlockFileReader.OpenAsync(longer, s_limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("a note of 65537 bytes"));
    }

    [Test]
    public async Task Write_FileThatHoldsPartOfTheChain_KeepsThatPart()
    {
        using MemoryChainStore store = Chain(4);
        byte[] whole = await WriteAsync(store);
        using var file = new ObservedStream();
        file.Write(whole.AsSpan(0, whole.Length - EndLength - RecordLength(4)));
        int written = 0;
        file.Writing += bytes => written += bytes;
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        Assert.That(file.ToArray(), Is.EqualTo(whole));
        Assert.That(written, Is.EqualTo(RecordLength(4) + EndLength), "the fourth block and the end");
    }

    [Test]
    public async Task Write_CancelledOnABranchThatLost_LeavesNothingOfThatBranch()
    {
        using MemoryChainStore store = Chain(6);
        using var file = new ObservedStream();
        file.Write(await WriteAsync(store));
        store.Commit(new StoreBatch { Connected = [Block(4, salt: 9), Block(5, salt: 9)] });
        byte[] whole = await WriteAsync(store);
        using var cancellation = new CancellationTokenSource();
        file.Writing += _ => cancellation.Cancel();
        Assert.That(async () => await BlockFileWriter.WriteAsync(store, file, s_limits, cancellation: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(file.ToArray(), Is.EqualTo(whole[..^(EndLength + RecordLength(5))]), "up to block 4, the first that was written");
    }

    [Test]
    public async Task Write_Done_IsFlushedBehindItsEnd()
    {
        using MemoryChainStore store = Chain(2);
        using var file = new ObservedStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        Assert.That(file.FlushedLength, Is.EqualTo(file.Length));
    }

    [Test]
    public void Read_BlockAtTheSumOfTheLimits_IsAllowed_AndOneByteMoreIsNot()
    {
        // Block, seal, certificate, and 1,024 bytes for the block's own.
        var limits = new LedgerLimits { MaxBlockBytes = 10, MaxSealBytes = 200, MaxCertificateBytes = 3_000 };
        Assert.That(async () => await ReadAsync(File(4_234), limits), Has.Count.EqualTo(1));
        Assert.That(
            async () => await ReadAsync(File(4_235), limits),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("a block of 4235 bytes, more than 4234"));

        static MemoryStream File(int size) => new([.. BlockFile.Head(Id(0, 0), []), .. BlockFile.Record(Id(1, 0), new byte[size]), .. BlockFile.End(1)]);
    }

    [TestCase(0UL)]
    [TestCase(2UL)]
    public void Read_EndOfAnotherNumberOfBlocks_IsDamage(ulong blocks)
    {
        using var file = new MemoryStream([.. BlockFile.Head(Id(0, 0), []), .. BlockFile.Record(Id(1, 0), [1]), .. BlockFile.End(blocks)]);
        Assert.That(
            async () => await ReadAsync(file),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(Invariant($"an end after {blocks} blocks, where 1 were read")));
    }

    [Test]
    public async Task Read_BehindTheEnd_StaysThere()
    {
        using MemoryChainStore store = Chain(1);
        using var file = new MemoryStream(await WriteAsync(store));
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, s_limits);
        Assert.That(await reader.ReadAsync(), Is.Not.Null);
        for (int i = 0; i < 2; i++) Assert.That(await reader.ReadAsync(), Is.Null, "nothing follows, so nothing is cut off");
    }

    private static int RecordLength(ulong height) => BlockFile.RecordHeadBytes + Block(height).Encoded.Length + BlockFile.ChecksumBytes;

    private static BlockId Id(ulong height, byte salt) => new(Sha3_256.Hash([(byte)height, (byte)(height >> 8), salt]));

    private static StoredBlock Block(ulong height, byte salt = 0)
    {
        byte[] encoded = new byte[1 + (height % 7)];
        Array.Fill(encoded, (byte)(height + salt));
        return new StoredBlock(new StoredHead(Id(height, salt), height, default, default, Work.From(height)), encoded, default);
    }

    private static MemoryChainStore Chain(ulong tip)
    {
        var store = new MemoryChainStore();
        for (ulong height = 0; height <= tip; height++) store.Commit(new StoreBatch { Connected = [Block(height)] });
        return store;
    }

    private static List<string> Blocks(MemoryChainStore store)
    {
        var blocks = new List<string>();
        for (ulong height = 1; store.IdAt(height) is { } id; height++) blocks.Add($"{id} {Convert.ToHexString(store.ReadBlock(id)!.Value.Span)}");
        return blocks;
    }

    private static async Task<byte[]> WriteAsync(MemoryChainStore store)
    {
        using var file = new MemoryStream();
        await BlockFileWriter.WriteAsync(store, file, s_limits);
        return file.ToArray();
    }

    private static async Task<List<string>> ReadAsync(MemoryStream file, LedgerLimits? limits = null)
    {
        file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, limits ?? s_limits);
        var blocks = new List<string>();
        while (await reader.ReadAsync() is { } record) blocks.Add($"{record.Id} {Convert.ToHexString(record.Encoded.Span)}");
        return blocks;
    }

    private sealed class Synchronous(Action<FileProgress> report) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => report(value);
    }

    /// <summary>Says what is written into it, and takes no notice of cancellation.</summary>
    private sealed class ObservedStream : MemoryStream
    {
        public Action<int>? Writing { get; set; }

        public long FlushedLength { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            Writing?.Invoke(buffer.Length);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            FlushedLength = Length;
            return Task.CompletedTask;
        }
    }
}
